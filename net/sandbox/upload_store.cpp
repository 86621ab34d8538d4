#include "net/sandbox/upload_store.h"

#include <algorithm>

#include "net/sandbox/downloads.h"
#include "net/sandbox/multipart.h"
#include "net/sandbox/tuning.h"
#include "platform/base/text.h"

namespace fieldsync::net::sandbox {

BlobWriter::BlobWriter(World& world, std::mutex& mutex) : world_(world), mutex_(mutex) {
  const std::scoped_lock lock(mutex_);
  blob_ = world_.next_id();
}

void BlobWriter::add(std::string_view bytes) {
  hasher_.add(bytes);
  size_ += static_cast<std::int64_t>(bytes.size());
  pending_.append(bytes);
  if (pending_.size() >= tuning::kChunkBytes) flush();
}

void BlobWriter::flush() {
  const std::scoped_lock lock(mutex_);
  world_.db().run("INSERT INTO chunks(blob, n, bytes) VALUES(?,?,?)", blob_, next_++,
                  storage::Bind::blob(pending_));
  pending_.clear();
}

base::Digest BlobWriter::finish() {
  if (!pending_.empty()) flush();
  const base::Digest digest = hasher_.finish();
  const std::scoped_lock lock(mutex_);
  world_.db().run("INSERT INTO blobs(id, sha256, size) VALUES(?,?,?)", blob_, digest.hex(), size_);
  return digest;
}

void BlobWriter::discard() {
  const std::scoped_lock lock(mutex_);
  world_.db().run("DELETE FROM chunks WHERE blob=?", blob_);
  world_.db().run("DELETE FROM blobs WHERE id=?", blob_);
}

namespace {

struct Segment {
  std::string uuid;
  std::int64_t n = 0;
  std::int64_t size = 0;
  std::string sha256;
  std::string md5;
};

FormFields sorted(FormFields fields) {
  std::sort(fields.begin(), fields.end());
  return fields;
}

/// "/upload/{uuid}/{n}"
std::optional<Segment> find_segment(World& world, std::string_view path) {
  const auto parts = base::split(path, '/');
  if (parts.size() != 4) return std::nullopt;
  std::optional<Segment> found;
  world.db().each(
      "SELECT segments.uuid, n, size, sha256, md5 FROM segments JOIN uploads USING(uuid) "
      "WHERE segments.uuid=? AND n=CAST(? AS INTEGER) AND gone=0",
      [&](const storage::Row& row) {
        found = Segment{row.text(0), row.integer(1), row.integer(2), row.text(3), row.text(4)};
      },
      parts[2], parts[3]);
  return found;
}

/// The headers were signed with the URL: they have to come back as they were given.
std::optional<Reply> check_headers(const Request& request, const Segment& segment) {
  const Headers& headers = request.headers;
  if (base::to_lower_ascii(headers.text("x-amz-content-sha256")) != segment.sha256) {
    return xml_error(403, "SignatureDoesNotMatch", "x-amz-content-sha256 is not as signed");
  }
  if (headers.text("Content-Type") != "application/octet-stream") {
    return xml_error(403, "SignatureDoesNotMatch", "content-type is not as signed");
  }
  if (headers.text("Content-Length") != std::to_string(segment.size)) {
    return xml_error(403, "SignatureDoesNotMatch", "content-length is not as signed");
  }
  return std::nullopt;
}

Reply keep_segment(World& world, const Segment& segment, std::int64_t blob,
                   const base::Digest& digest) {
  // Not the MD5: its likeness to one is a habit of the examples, not a promise.
  const std::string etag =
      base::digest_of("etag" + digest.hex() + segment.uuid).hex().substr(0, 32);
  world.db().run("UPDATE segments SET etag=?, blob=? WHERE uuid=? AND n=?", etag, blob,
                 segment.uuid, segment.n);
  world.db().run("UPDATE uploads SET status='receiving' WHERE uuid=? AND status='ready'",
                 segment.uuid);
  Reply reply = empty_reply(200);
  reply.response.headers.add("ETag", "\"" + etag + "\"");
  return reply;
}

}  // namespace

Reply receive_segment(World& world, std::mutex& mutex, const Request& request,
                      const BodyReader& body) {
  std::optional<Segment> segment;
  {
    const std::scoped_lock lock(mutex);
    const Params params(request.query);
    if (!is_signed(world, request.path, params.text("expires"), params.text("signature"))) {
      return xml_error(403, "AccessDenied", "Request has expired");
    }
    segment = find_segment(world, request.path);
  }
  if (!segment) return xml_error(404, "NoSuchUpload", "The specified upload does not exist.");
  if (auto refused = check_headers(request, *segment)) return *refused;

  BlobWriter writer(world, mutex);
  const bool whole = body([&](std::string_view piece) {
    if (writer.size() + static_cast<std::int64_t>(piece.size()) > segment->size) return false;
    writer.add(piece);
    return true;
  });
  if (!whole || writer.size() != segment->size) {
    writer.discard();
    return xml_error(400, "IncompleteBody", "Not the bytes that Content-Length announced");
  }
  const base::Digest digest = writer.finish();
  if (digest.hex() != segment->sha256) {
    writer.discard();
    return xml_error(400, "XAmzContentSHA256Mismatch",
                     "The provided 'x-amz-content-sha256' header does not match what was computed");
  }
  const std::scoped_lock lock(mutex);
  return keep_segment(world, *segment, writer.blob(), digest);
}

Reply receive_form(World& world, std::mutex& mutex, const Request& request,
                   const BodyReader& body) {
  std::string uuid;
  Seconds created = 0;
  std::string name, type, policy;
  {
    const std::scoped_lock lock(mutex);
    const auto parts = base::split(request.path, '/');
    world.db().each(
        "SELECT uuid, created_at, name, content_type FROM uploads "
        "WHERE uuid=? AND status='non_segmented' AND file=0 AND gone=0",
        [&](const storage::Row& row) {
          uuid = row.text(0);
          created = row.integer(1);
          name = row.text(2);
          type = row.text(3);
        },
        parts.size() > 2 ? parts[2] : "");
    policy = world.meta("form:" + uuid);
    // facts/procore-api.md 7.1: the transfer must start within an hour.
    if (!uuid.empty() && world.now() >= created + world.settings.number("upload_url_seconds")) {
      return xml_error(403, "AccessDenied", "Invalid according to Policy: Policy expired.");
    }
  }
  if (uuid.empty()) return xml_error(403, "AccessDenied", "Unknown or used form.");

  BlobWriter writer(world, mutex);
  MultipartReader reader(request.headers.text("Content-Type"),
                         [&](std::string_view bytes) { writer.add(bytes); });
  const bool whole = body([&](std::string_view piece) { return reader.add(piece); });
  std::string why = whole ? reader.finish() : "the body was cut short or is not a form";
  if (why.empty() && sorted(reader.fields()) != sorted(form_fields(uuid, name, type, policy))) {
    why = "the fields are not those that were given";
  }
  if (!why.empty()) {
    writer.discard();
    return xml_error(400, "InvalidArgument", why);
  }
  const std::int64_t size = writer.size();
  const base::Digest digest = writer.finish();
  const std::scoped_lock lock(mutex);
  const std::int64_t file = world.next_id();
  world.db().transact([&] {
    world.db().run("INSERT INTO files(id, sha256, size, content_type, name) VALUES(?,?,?,?,?)",
                   file, digest.hex(), size, type, name);
    world.db().run("INSERT INTO file_parts(file, n, blob) VALUES(?,0,?)", file, writer.blob());
    world.db().run("UPDATE uploads SET file=? WHERE uuid=?", file, uuid);
  });
  return empty_reply(204);
}

}  // namespace fieldsync::net::sandbox
