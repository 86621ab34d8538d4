#include "net/sandbox/downloads.h"

#include <algorithm>
#include <charconv>

#include "net/sandbox/router.h"
#include "net/sandbox/tuning.h"
#include "platform/base/text.h"

namespace fieldsync::net::sandbox {
namespace {

std::int64_t to_number(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string signature_of(World& world, std::string_view what, std::string_view expires,
                         std::string_view salt) {
  std::string text = world.meta("client_secret");
  text.append("|").append(what).append("|").append(expires).append("|").append(salt);
  return base::digest_of(text).hex().substr(0, 40);
}

std::string signed_query(World& world, std::string_view what, Seconds expires) {
  Query query;
  query.add("expires", std::to_string(expires)).add("signature", sign(world, what, expires));
  return query.text();
}

/// GET /files/{file}/{name} on the API host: needs the token, answers with a redirect.
Reply redirect(Call& call) {
  World& world = call.world;
  const std::string what = "api:" + call.captured.at(0);
  if (!is_signed(world, what, call.params.text("expires"), call.params.text("signature"))) {
    return list_error(403, "The link has expired.");
  }
  const std::string target = "/download/" + call.captured.at(0);
  const Seconds expires = world.now() + world.settings.number("download_url_seconds");
  Reply reply = empty_reply(302);
  reply.response.headers.add(
      "Location", world.urls.storage + target + "?" + signed_query(world, target, expires));
  return reply;
}

/// "bytes=5-9" of `size` bytes: first and last; nothing for what is no single stretch.
std::optional<std::pair<std::size_t, std::size_t>> asked_range(std::string_view text,
                                                               std::size_t size) {
  constexpr std::string_view kUnit = "bytes=";
  const std::size_t dash = text.find('-');
  if (!text.starts_with(kUnit) || dash == std::string_view::npos) return std::nullopt;
  const auto first =
      static_cast<std::size_t>(to_number(text.substr(kUnit.size(), dash - kUnit.size())));
  const std::string_view behind = text.substr(dash + 1);
  const auto last = behind.empty() ? size : static_cast<std::size_t>(to_number(behind));
  return std::pair(first, std::min(last, size - 1));
}

/// All of `bytes`, or the stretch that was asked for (RFC 9110, 14).
Reply answer_range(World& world, const Request& request, const std::string& etag,
                   const std::string& content_type, std::string& bytes) {
  const std::string wanted = request.headers.text("Range");
  const std::string of = request.headers.text("If-Range");
  const bool is_other = !of.empty() && of != etag;
  const auto range = asked_range(wanted, bytes.size());
  if (!range || is_other || bytes.empty() || world.settings.choice("download_ranges") == "none") {
    return text_reply(200, content_type, std::move(bytes));
  }
  const std::string size = std::to_string(bytes.size());
  if (range->first > range->second) {
    Reply reply = xml_error(416, "InvalidRange", "The requested range is not satisfiable");
    reply.response.headers.add("Content-Range", "bytes */" + size);
    return reply;
  }
  Reply reply =
      text_reply(206, content_type, bytes.substr(range->first, range->second - range->first + 1));
  reply.response.headers.add("Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                                  std::to_string(range->second) + "/" + size);
  return reply;
}

}  // namespace

std::string sign(World& world, std::string_view what, Seconds expires) {
  const std::string salt = world.nonce().substr(0, 16);
  return salt + signature_of(world, what, std::to_string(expires), salt);
}

bool is_signed(World& world, std::string_view what, std::string_view expires,
               std::string_view signature) {
  if (signature.size() != 56) return false;
  if (signature_of(world, what, expires, signature.substr(0, 16)) != signature.substr(16)) {
    return false;
  }
  return world.now() < to_number(expires);
}

Value download_url(World& world, std::int64_t file, std::string_view name) {
  if (file == 0 || world.settings.flag("files_unavailable")) return nullptr;
  const Seconds expires = world.now() + world.settings.number("download_url_seconds");
  const std::string id = std::to_string(file);
  return world.urls.api + "/files/" + id + "/" + base::url_encode(name) + "?" +
         signed_query(world, "api:" + id, expires);
}

List attachment_list(World& world, std::int64_t record) {
  List rows;
  for (const Attachment& one : world.attachments(record)) {
    rows.push_back(Document{{"id", one.id},
                            {"name", one.name},
                            {"filename", one.name},
                            {"file_unavailable", world.settings.flag("files_unavailable")},
                            {"url", download_url(world, one.file, one.name)}});
  }
  return rows;
}

Reply answer_download(World& world, const Request& request) {
  const Params params(request.query);
  if (!is_signed(world, request.path, params.text("expires"), params.text("signature"))) {
    return xml_error(403, "AccessDenied", "Request has expired");
  }
  const auto file = world.file(to_number(request.path.substr(std::string("/download/").size())));
  if (!file) return xml_error(404, "NoSuchKey", "The specified key does not exist.");
  if (file->size > tuning::kDownloadBytesMax) {
    return xml_error(500, "InternalError", "Larger than this double serves.");
  }
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(file->size));
  world.read_file(file->id, [&](std::string_view piece) {
    bytes.append(piece);
    return true;
  });
  if (world.settings.choice("download_bytes") == "short") bytes.resize(bytes.size() / 2);
  const std::string etag = "\"" + file->sha256.substr(0, 32) + "\"";
  Reply reply = answer_range(world, request, etag, file->content_type, bytes);
  if (world.settings.choice("download_ranges") == "etag") {
    reply.response.headers.add("ETag", etag);
  }
  return reply;
}

Routes download_routes() { return {route(Method::get, "/files/{}/**", redirect, Scope::none)}; }

}  // namespace fieldsync::net::sandbox
