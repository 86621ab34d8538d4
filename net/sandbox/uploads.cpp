#include "net/sandbox/uploads.h"

#include <set>

#include "net/sandbox/downloads.h"
#include "net/sandbox/multipart.h"
#include "net/sandbox/router.h"
#include "net/sandbox/tuning.h"
#include "net/sandbox/upload_rows.h"
#include "platform/base/text.h"

namespace fieldsync::net::sandbox {
namespace {

bool is_gone(World& world, const UploadRow& upload) {
  return upload.gone || world.now() >= upload.created_at + tuning::kAttachWithinSeconds;
}

/// The 16 bytes of a hexadecimal MD5 in base 64, as Content-MD5 wants them.
std::string md5_base64(const std::string& hex) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::strtol(hex.substr(i, 2).c_str(), nullptr, 16));
  }
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto at = [&](std::size_t n) {
      return n < bytes.size() ? static_cast<unsigned>(static_cast<unsigned char>(bytes[n])) : 0U;
    };
    const unsigned group = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    text += kAlphabet[group >> 18];
    text += kAlphabet[group >> 12 & 63];
    text += i + 1 < bytes.size() ? kAlphabet[group >> 6 & 63] : '=';
    text += i + 2 < bytes.size() ? kAlphabet[group & 63] : '=';
  }
  return text;
}

enum class ShowUrls { yes, no };

Value show_upload(World& world, const UploadRow& upload, ShowUrls urls) {
  List segments;
  std::int64_t n = 0;
  for (const SegmentRow& segment : segments_of(world, upload.uuid)) {
    Document shown{{"size", segment.size}, {"sha256", segment.sha256}};
    if (!segment.md5.empty()) shown.set("md5", segment.md5);
    if (!segment.etag.empty()) shown.set("etag", segment.etag);
    if (urls == ShowUrls::yes) {
      shown.set("url", segment_url(world, upload, n));
      shown.set("headers", segment_headers(segment));
    }
    ++n;
    segments.push_back(std::move(shown));
  }
  return Document{{"uuid", upload.uuid}, {"status", upload.status}, {"segments", segments}};
}

/// A number of hexadecimal digits, or not.
bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::int64_t total_of(const List& segments) {
  std::int64_t total = 0;
  for (const Value& segment : segments) total += segment.as_document()->integer("size");
  return total;
}

Reply create_form(Call& call, const UploadRow& upload) {
  World& world = call.world;
  const std::string policy = world.nonce();
  world.set_meta("form:" + upload.uuid, policy);
  Document fields;
  for (const auto& [name, value] :
       form_fields(upload.uuid, upload.name, upload.content_type, policy)) {
    fields.set(name, value);
  }
  return json_reply(201, Document{{"uuid", upload.uuid},
                                  {"status", "non_segmented"},
                                  {"url", world.urls.storage + "/form/" + upload.uuid},
                                  {"fields", fields}});
}

Reply create_in(Call& call, std::int64_t project) {
  World& world = call.world;
  const Document& body = call.body;
  if (auto refused = refuse_unknown(call, body,
                                    {"response_filename", "response_content_type",
                                     "attachment_content_disposition", "size", "segments"})) {
    return *refused;
  }
  UploadRow upload;
  upload.uuid = world.ulid();
  upload.project = project;
  upload.user = call.caller.id;
  upload.name = body.text("response_filename");
  upload.content_type = body.text("response_content_type");
  if (upload.content_type.empty()) upload.content_type = "application/octet-stream";
  if (upload.name.empty()) return field_error(400, "response_filename", "can't be blank");
  const Value* segments = body.find("segments");
  upload.status = segments ? "ready" : "non_segmented";
  if (segments) {
    const List* list = segments->as_list();
    std::string why = "is not a list";
    if (list) why = check_segments(*list, world.settings.number("segment_bytes_min"));
    if (why.empty() && body.has("size") && body.integer("size") != total_of(*list)) {
      why = "do not add up to size";
    }
    if (!why.empty()) return field_error(400, "segments", why);
  }
  upload.created_at = world.now();
  insert_upload(world, upload, segments ? *segments->as_list() : List{});
  if (!segments) return create_form(call, upload);
  return json_reply(201, show_upload(world, upload, ShowUrls::yes));
}

Reply create(Call& call) {
  if (auto refused = refuse_outsider(call, call.id(0))) return *refused;
  return create_in(call, call.id(0));
}
Reply create_for_company(Call& call) {
  if (call.id(0) != call.company) return text_error(404, "Not Found");
  return create_in(call, 0);
}

/// The digest of the whole, read back from the segments' rows.
std::string digest_of_blobs(World& world, const std::vector<SegmentRow>& segments) {
  if (segments.size() == 1) return segments.front().sha256;
  base::Hasher hasher;
  for (const SegmentRow& segment : segments) {
    world.db().each(
        "SELECT bytes FROM chunks WHERE blob=? ORDER BY n",
        [&](const storage::Row& row) { hasher.add(row.bytes(0)); }, segment.blob);
  }
  return hasher.finish().hex();
}

/// Why these etags do not complete the upload; "" when they do.
std::string check_etags(const List& sent, const std::vector<SegmentRow>& segments) {
  if (sent.size() != segments.size()) return "there is not one for each segment";
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const Document* one = sent[i].as_document();
    if (!one || one->text("etag").empty()) return "an etag is missing";
    if (segments[i].etag.empty()) return "a segment has not been received";
    if (one->text("etag") != segments[i].etag) return "an etag is not that of its segment";
    if (one->has("sha256") && base::to_lower_ascii(one->text("sha256")) != segments[i].sha256) {
      return "a sha256 is not that of its segment";
    }
    if (one->has("size") && one->integer("size") != segments[i].size) {
      return "a size is not that of its segment";
    }
  }
  return "";
}

Reply complete_in(Call& call, std::int64_t project) {
  World& world = call.world;
  auto found = find_own(call, project);
  if (found.refused) return *found.refused;
  if (world.settings.choice("patch_complete") == "busy") {
    Reply reply = message_error(503, "Service Unavailable", "try again");
    reply.response.headers.add("Retry-After", "5");
    return reply;
  }
  UploadRow& upload = found.upload;
  const Value* sent = call.body.find("segments");
  if (!sent || !sent->as_list()) return field_error(400, "segments", "is missing");
  const auto segments = segments_of(world, upload.uuid);
  const std::string why = check_etags(*sent->as_list(), segments);
  if (!why.empty()) return base_error(422, "segments", why);
  if (upload.status != "complete") make_file(world, upload, segments, "complete");
  return json_reply(200, show_upload(world, upload, ShowUrls::no));
}

Reply complete(Call& call) { return complete_in(call, call.id(0)); }
Reply complete_for_company(Call& call) { return complete_in(call, 0); }

Reply show_in(Call& call, std::int64_t project) {
  const auto found = find_own(call, project);
  if (found.refused) return *found.refused;
  const bool open = found.upload.status == "ready" || found.upload.status == "receiving";
  return json_reply(200,
                    show_upload(call.world, found.upload, open ? ShowUrls::yes : ShowUrls::no));
}
Reply show(Call& call) { return show_in(call, call.id(0)); }
Reply show_for_company(Call& call) { return show_in(call, 0); }

}  // namespace

std::optional<UploadRow> find_upload(World& world, const std::string& uuid) {
  std::optional<UploadRow> found;
  world.db().each(
      "SELECT project, user, name, content_type, status, created_at, uses, gone, file "
      "FROM uploads WHERE uuid=?",
      [&](const storage::Row& row) {
        found = UploadRow{
            uuid,        row.integer(0), row.integer(1), row.text(2),         row.text(3),
            row.text(4), row.integer(5), row.integer(6), row.integer(7) != 0, row.integer(8)};
      },
      uuid);
  return found;
}

std::vector<SegmentRow> segments_of(World& world, const std::string& uuid) {
  std::vector<SegmentRow> found;
  world.db().each(
      "SELECT size, sha256, md5, etag, blob FROM segments WHERE uuid=? ORDER BY n",
      [&](const storage::Row& row) {
        found.push_back({row.integer(0), row.text(1), row.text(2), row.text(3), row.integer(4)});
      },
      uuid);
  return found;
}

std::string check_segments(const List& segments, std::int64_t bytes_min) {
  if (segments.empty()) return "is empty";
  if (segments.size() > static_cast<std::size_t>(tuning::kSegmentsMax)) return "are too many";
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Document* segment = segments[i].as_document();
    if (!segment) return "is not a list of objects";
    const std::int64_t size = segment->integer("size");
    if (size < 1 || size > tuning::kSegmentBytesMax) return "size is out of range";
    if (i + 1 < segments.size() && size < bytes_min) {
      return "size is below the minimum";
    }
    if (!is_hex(segment->text("sha256"), 64)) return "sha256 is missing or malformed";
    if (segment->has("md5") && !is_hex(segment->text("md5"), 32)) return "md5 is malformed";
  }
  return "";
}

std::optional<Reply> refuse_outsider(Call& call, std::int64_t project) {
  if (project == 0) return std::nullopt;
  const auto found = call.world.project(project);
  if (!found || found->company != call.company) return text_error(404, "Not Found");
  if (call.world.is_member(project, call.caller.id)) return std::nullopt;
  return list_error(static_cast<int>(call.world.settings.number("project_gone_status")),
                    "You are not permitted to access this project.");
}

void make_file(World& world, UploadRow& upload, const std::vector<SegmentRow>& segments,
               const std::string& status) {
  std::int64_t size = 0;
  for (const SegmentRow& segment : segments) size += segment.size;
  upload.file = world.next_id();
  upload.status = status;
  world.db().run("INSERT INTO files(id, sha256, size, content_type, name) VALUES(?,?,?,?,?)",
                 upload.file, digest_of_blobs(world, segments), size, upload.content_type,
                 upload.name);
  std::int64_t n = 0;
  for (const SegmentRow& segment : segments) {
    world.db().run("INSERT INTO file_parts(file, n, blob) VALUES(?,?,?)", upload.file, n++,
                   segment.blob);
  }
  world.db().run("UPDATE uploads SET status=?, file=? WHERE uuid=?", status, upload.file,
                 upload.uuid);
}

FoundUpload find_own(Call& call, std::int64_t project) {
  if (auto refused = refuse_outsider(call, project)) return {std::move(refused), {}};
  const auto upload = find_upload(call.world, call.captured.at(1));
  if (!upload || upload->user != call.caller.id || upload->project != project) {
    return {text_error(404, "Not Found"), {}};
  }
  if (is_gone(call.world, *upload)) {
    return {reason_error(410, "UPLOAD_GONE", "The upload is no longer available."), {}};
  }
  return {std::nullopt, *upload};
}

void insert_upload(World& world, const UploadRow& upload, const List& segments) {
  world.db().run(
      "INSERT INTO uploads(uuid, project, user, name, content_type, inline, status, created_at, "
      "uses, gone, file) VALUES(?,?,?,?,?,0,?,?,0,0,0)",
      upload.uuid, upload.project, upload.user, upload.name, upload.content_type, upload.status,
      upload.created_at);
  std::int64_t n = 0;
  for (const Value& segment : segments) {
    const Document& one = *segment.as_document();
    world.db().run(
        "INSERT INTO segments(uuid, n, size, sha256, md5, etag, blob) VALUES(?,?,?,?,?,'',0)",
        upload.uuid, n++, one.integer("size"), base::to_lower_ascii(one.text("sha256")),
        one.text("md5"));
  }
}

std::string segment_url(World& world, const UploadRow& upload, std::int64_t n) {
  const std::string path = "/upload/" + upload.uuid + "/" + std::to_string(n);
  const bool fresh = world.settings.flag("upload_get_fresh_urls");
  const Seconds from = fresh ? world.now() : upload.created_at;
  const Seconds expires = from + world.settings.number("upload_url_seconds");
  Query query;
  query.add("expires", std::to_string(expires)).add("signature", sign(world, path, expires));
  return world.urls.storage + path + "?" + query.text();
}

Document segment_headers(const SegmentRow& segment) {
  Document headers{{"x-amz-content-sha256", segment.sha256},
                   {"content-length", std::to_string(segment.size)}};
  if (!segment.md5.empty()) headers.set("content-md5", md5_base64(segment.md5));
  return headers;
}

std::variant<Claimed, Reply> claim(Call& call, std::int64_t project, const std::string& uuid) {
  World& world = call.world;
  const auto upload = find_upload(world, uuid);
  if (!upload || upload->user != call.caller.id) {
    return base_error(422, "upload", "does not exist or is not yours");
  }
  if (upload->project != 0 && upload->project != project) {
    return base_error(422, "upload", "belongs to another project");
  }
  if (is_gone(world, *upload)) return base_error(422, "upload", "has expired");
  if (upload->file == 0) return base_error(422, "upload", "is not complete");
  if (auto refused = refuse_unified(world, *upload)) return *refused;
  if (upload->uses > 0 && world.settings.choice("upload_reuse") == "refuse") {
    return base_error(422, "upload", "has already been used");
  }
  const auto file = world.file(upload->file);
  if (!file) return base_error(422, "upload", "is not complete");
  return Claimed{uuid, upload->name, upload->content_type, file->id, file->sha256, file->size};
}

std::variant<std::vector<Claimed>, Reply> claim_all(Call& call, std::int64_t project,
                                                    const Document& fields) {
  std::vector<Claimed> claimed;
  const Value* ids = fields.find("upload_ids");
  if (!ids || ids->is_null()) return claimed;
  if (!ids->as_list()) return field_error(400, "upload_ids", "is not a list");
  for (const Value& id : *ids->as_list()) {
    auto one = claim(call, project, base::plain_text(id));
    if (auto* refused = std::get_if<Reply>(&one)) return std::move(*refused);
    claimed.push_back(std::get<Claimed>(std::move(one)));
  }
  return claimed;
}

void prepare_patch(World& world, std::int64_t record, const Document& fields) {
  if (fields.has("upload_ids") && world.settings.choice("patch_uploads") == "replace") {
    world.db().run("DELETE FROM attachments WHERE record=?", record);
  }
}

void mark_used(World& world, const Claimed& claimed) {
  world.db().run("UPDATE uploads SET uses=uses+1 WHERE uuid=?", claimed.uuid);
}

List attach_all(World& world, std::int64_t record, const std::vector<Claimed>& claimed) {
  List digests;
  for (const Claimed& one : claimed) {
    world.attach(record, one.name, one.content_type, one.file);
    mark_used(world, one);
    digests.push_back(one.sha256);
  }
  return digests;
}

Routes upload_routes() {
  Routes routes;
  // v1.0 is deprecated but alive (facts/procore-api.md 7.1).
  for (const std::string version : {"/rest/v1.1", "/rest/v1.0"}) {
    const std::string project = version + "/projects/{}/uploads";
    const std::string company = version + "/companies/{}/uploads";
    routes.push_back(route(Method::post, project, create));
    routes.push_back(route(Method::get, project + "/{}", show));
    routes.push_back(route(Method::patch, project + "/{}", complete));
    routes.push_back(route(Method::post, company, create_for_company));
    routes.push_back(route(Method::get, company + "/{}", show_for_company));
    routes.push_back(route(Method::patch, company + "/{}", complete_for_company));
  }
  return routes;
}

}  // namespace fieldsync::net::sandbox
