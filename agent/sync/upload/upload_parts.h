#pragma once

#include <utility>
#include <vector>

#include "net/remote_service.h"
#include "platform/base/digest.h"
#include "platform/file_system.h"

/// How a file is cut for its upload, and the digests of what it is cut into.
namespace fieldsync::sync {

/// How `size` bytes are cut: parts of about `part_size`, as many as come nearest to it, the last
/// one shorter; one part when it all fits. Pure. `part_size` is grown to the service's smallest
/// part, which is taken as it is, and when it allows fewer parts.
std::vector<std::pair<base::ByteCount, base::ByteCount>> cut_into_parts(
    base::ByteCount size, base::ByteCount part_size, const net::Capabilities& capabilities);

/// SHA-256 of `size` bytes of the file from `offset` on; file_unreadable when it is shorter. Reads
/// all of them: for a worker.
base::Result<base::Digest> digest_of_range(platform::FileSystem& files, const base::Path& path,
                                           base::ByteCount offset, base::ByteCount size);

}  // namespace fieldsync::sync
