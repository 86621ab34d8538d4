#pragma once

#include <optional>
#include <string>
#include <vector>

#include "net/sandbox/call.h"

/// Inside of the sandbox's uploads: what both generations of the interface share
/// (facts/procore-api.md 7.1). Callers hold the world's lock.
namespace fieldsync::net::sandbox {

struct UploadRow {
  std::string uuid;
  std::int64_t project = 0;  ///< 0: of the company
  std::int64_t user = 0;
  std::string name, content_type, status;
  Seconds created_at = 0;
  std::int64_t uses = 0;
  bool gone = false;
  std::int64_t file = 0;
};

struct SegmentRow {
  std::int64_t size = 0;
  std::string sha256, md5, etag;
  std::int64_t blob = 0;
};

std::optional<UploadRow> find_upload(World& world, const std::string& uuid);
std::vector<SegmentRow> segments_of(World& world, const std::string& uuid);
/// Answers the caller whose path names the project and, second, the upload: theirs, and not gone.
struct FoundUpload {
  std::optional<Reply> refused;
  UploadRow upload;
};
FoundUpload find_own(Call& call, std::int64_t project);
/// Whether the caller belongs to the project the path names; 0 is the company.
std::optional<Reply> refuse_outsider(Call& call, std::int64_t project);
/// Why these segments cannot be; "" when they can. `bytes_min` of all but the last.
std::string check_segments(const List& segments, std::int64_t bytes_min);
void insert_upload(World& world, const UploadRow& upload, const List& segments);
/// The address and headers of a segment; fresh ones when the world renews them.
std::string segment_url(World& world, const UploadRow& upload, std::int64_t n);
Document segment_headers(const SegmentRow& segment);
/// Makes one file of the segments and gives the upload this status.
void make_file(World& world, UploadRow& upload, const std::vector<SegmentRow>& segments,
               const std::string& status);

/// Why what came by v2.1 may not be attached yet, or at all; nothing for other uploads.
std::optional<Reply> refuse_unified(World& world, const UploadRow& upload);

}  // namespace fieldsync::net::sandbox
