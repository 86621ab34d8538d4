#include <algorithm>
#include <array>

#include "net/sandbox/router.h"
#include "net/sandbox/tuning.h"
#include "net/sandbox/upload_rows.h"

/// Uploads v2.1 (facts/procore-api.md 7.4): other names in an envelope, part_etags that may come
/// bit by bit, and a scan before the file may be used. The parts go to the storage as in v1.1.
namespace fieldsync::net::sandbox {
namespace {

constexpr std::array<std::string_view, 8> kTools{
    "certifications",  "daily_hazard_analyses", "document_management", "estimating",
    "lessons_learned", "orientations",          "scheduling",          "tool_studio"};

std::string scan_key(const std::string& uuid) { return "unified:" + uuid; }

/// "" for an upload of another generation; 0 until it is complete, then the end of the scan.
std::string scan_end(World& world, const std::string& uuid) { return world.meta(scan_key(uuid)); }

bool is_too_old(World& world, const UploadRow& upload) {
  return world.now() >= upload.created_at + tuning::kUnifiedAttachWithinSeconds;
}

std::string status_of(World& world, const UploadRow& upload) {
  if (upload.file == 0) return upload.status;
  return world.now() < std::stoll(scan_end(world, upload.uuid)) ? "scanning" : "available";
}

enum class ShowSegments { yes, no };

Reply shown(World& world, const UploadRow& upload, int code, ShowSegments segments) {
  List rows;
  std::int64_t n = 0;
  if (segments == ShowSegments::yes) {
    for (const SegmentRow& segment : segments_of(world, upload.uuid)) {
      rows.push_back(
          Document{{"url", segment_url(world, upload, n++)},
                   {"url_expires_at", world.now() + world.settings.number("upload_url_seconds")},
                   {"headers", segment_headers(segment)}});
    }
  }
  return json_reply(
      code, Document{{"data", Document{{"upload_id", upload.uuid},
                                       {"file_name", upload.name},
                                       {"content_type", upload.content_type},
                                       {"upload_expires_at",
                                        upload.created_at + tuning::kUnifiedAttachWithinSeconds},
                                       {"status", status_of(world, upload)},
                                       {"segments", rows}}}});
}

Reply refused(const std::string& what) {
  return json_reply(400, Document{{"error", Document{{"code", "BAD_REQUEST"}, {"message", what}}}});
}

/// Why the company of the path is none of the caller's, or the project; nothing when it is.
std::optional<Reply> refuse_place(Call& call) {
  if (call.id(0) != call.company) return text_error(404, "Not Found");
  return refuse_outsider(call, call.id(1));
}

Reply create(Call& call) {
  if (auto refusal = refuse_place(call)) return *refusal;
  World& world = call.world;
  const Document& body = call.body;
  UploadRow upload;
  upload.name = body.text("file_name");
  upload.content_type = body.text("content_type");
  if (upload.name.empty() || upload.content_type.empty()) {
    return refused("file_name and content_type are required");
  }
  const std::string tool = body.text("uploader_tool_name");
  if (std::find(kTools.begin(), kTools.end(), tool) == kTools.end()) {
    return refused("uploader_tool_name is not one of the list");
  }
  const Value* segments = body.find("segments");
  if (!segments || !segments->as_list()) return refused("segments are required");
  const std::int64_t bytes_min = tuning::kUnifiedSegmentBytesMin;
  std::string why = check_segments(*segments->as_list(), bytes_min);
  std::int64_t total = 0;
  for (const Value& segment : *segments->as_list()) {
    if (segment.as_document()) total += segment.as_document()->integer("size");
  }
  if (why.empty() && total != body.integer("file_size")) why = "do not add up to file_size";
  if (!why.empty()) return refused("segments: " + why);
  upload.uuid = world.ulid();
  upload.project = call.id(1);
  upload.user = call.caller.id;
  upload.status = "ready";
  upload.created_at = world.now();
  insert_upload(world, upload, *segments->as_list());
  world.set_meta(scan_key(upload.uuid), "0");
  return shown(world, upload, 201, ShowSegments::yes);
}

/// The upload of the path, made by v2.1.
FoundUpload find_unified(Call& call) {
  if (auto refusal = refuse_place(call)) return {std::move(refusal), {}};
  call.captured.erase(call.captured.begin());
  FoundUpload found = find_own(call, call.id(0));
  if (found.refused) return found;
  if (scan_end(call.world, found.upload.uuid).empty()) {
    found.refused = text_error(404, "Not Found");
  } else if (is_too_old(call.world, found.upload)) {
    found.refused = reason_error(410, "UPLOAD_GONE", "The upload is no longer available.");
  }
  return found;
}

Reply complete(Call& call) {
  World& world = call.world;
  auto [refusal, upload] = find_unified(call);
  if (refusal) return *refusal;
  if (world.settings.choice("patch_complete") == "busy") {
    return message_error(503, "Service Unavailable", "try again");
  }
  const Value* sent = call.body.find("part_etags");
  const auto segments = segments_of(world, upload.uuid);
  if (!sent || !sent->as_list() || sent->as_list()->size() != segments.size()) {
    return refused("part_etags: there is not one for each segment");
  }
  bool whole = true;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Value& etag = (*sent->as_list())[i];
    if (etag.is_null()) {
      whole = false;
    } else if (!etag.as_text() || segments[i].etag.empty() || *etag.as_text() != segments[i].etag) {
      return refused("part_etags: one is not that of its segment");
    }
  }
  if (whole && upload.file == 0) {
    make_file(world, upload, segments, "available");
    const Seconds end = world.now() + world.settings.number("unified_scan_seconds");
    world.set_meta(scan_key(upload.uuid), std::to_string(end));
  }
  return shown(world, upload, 200, ShowSegments::no);
}

Reply show(Call& call) {
  auto [refusal, upload] = find_unified(call);
  if (refusal) return *refusal;
  return shown(call.world, upload, 200, upload.file == 0 ? ShowSegments::yes : ShowSegments::no);
}

}  // namespace

std::optional<Reply> refuse_unified(World& world, const UploadRow& upload) {
  const std::string end = scan_end(world, upload.uuid);
  if (end.empty()) return std::nullopt;
  if (world.settings.choice("unified_attach") == "refuse") {
    return base_error(422, "upload", "is of a tool that this record does not take");
  }
  if (is_too_old(world, upload)) return base_error(422, "upload", "has expired");
  if (world.now() < std::stoll(end)) return base_error(422, "upload", "is not available yet");
  return std::nullopt;
}

Routes unified_upload_routes() {
  const std::string base = "/rest/v2.1/companies/{}/projects/{}/uploads";
  return {route(Method::post, base, create), route(Method::get, base + "/{}", show),
          route(Method::patch, base + "/{}", complete)};
}

}  // namespace fieldsync::net::sandbox
