#include "agent/sync/upload/upload_parts.h"

#include <algorithm>

#include "storage/tuning.h"

namespace fieldsync::sync {

using base::ByteCount;
using base::Cause;
using base::Failure;
using base::Result;

std::vector<std::pair<ByteCount, ByteCount>> cut_into_parts(ByteCount size, ByteCount part_size,
                                                            const net::Capabilities& can) {
  ByteCount part = std::max(part_size, can.part_bytes_min);
  if (part > can.part_bytes_min) {
    // Around the size that costs least the cost is flat, and a short last part costs a whole pause.
    const ByteCount count = std::max(ByteCount{1}, (size + part / 2) / part);
    part = std::max((size + count - 1) / count, can.part_bytes_min);
  }
  if (can.parts_max > 0) part = std::max(part, (size + can.parts_max - 1) / can.parts_max);
  part = std::clamp(part, ByteCount{1}, std::max(can.part_bytes_max, ByteCount{1}));
  std::vector<std::pair<ByteCount, ByteCount>> parts;
  for (ByteCount at = 0; at < size; at += part) parts.emplace_back(at, std::min(part, size - at));
  return parts;
}

Result<base::Digest> digest_of_range(platform::FileSystem& files, const base::Path& path,
                                     ByteCount offset, ByteCount size) {
  TRY_ASSIGN(const auto file, files.open_read(path));
  base::Hasher hasher;
  for (ByteCount at = 0; at < size;) {
    const ByteCount piece = std::min(storage::tuning::kCopyChunk, size - at);
    TRY_ASSIGN(const std::string bytes, file->read_at(offset + at, piece));
    if (bytes.empty()) return Failure{Cause::file_unreadable, path + ": too short"};
    hasher.add(bytes);
    at += static_cast<ByteCount>(bytes.size());
  }
  return hasher.finish();
}

}  // namespace fieldsync::sync
