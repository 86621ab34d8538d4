#pragma once

#include <cstdint>

#include "platform/base/types.h"

/// Numbers of the sandbox, each with where it comes from.
namespace fieldsync::net::sandbox::tuning {

/// Idle connections are kept as long as web servers and load balancers commonly do.
inline constexpr base::Millis kIdleMax{60'000};
/// facts/procore-api.md 2.3.
inline constexpr std::int64_t kAccessTokenSeconds = 5'400;
/// facts/procore-api.md 2.2.
inline constexpr std::int64_t kCodeSeconds = 600;
/// facts/procore-api.md 7.1: an upload must be attached within a week.
inline constexpr std::int64_t kAttachWithinSeconds = 7 * 86'400;
/// facts/procore-api.md 7.1: of v2.1, a day; and its smallest segment.
inline constexpr std::int64_t kUnifiedAttachWithinSeconds = 86'400;
inline constexpr std::int64_t kUnifiedSegmentBytesMin = 5'242'881;
/// facts/procore-api.md 7.1.
inline constexpr std::int64_t kSegmentBytesMax = std::int64_t{5} << 30;
/// facts/procore-api.md 7.1 gives this number for v2.1; v1.1 is silent.
inline constexpr int kSegmentsMax = 10'000;
/// facts/procore-api.md 3.
inline constexpr std::int64_t kHourlyWindowSeconds = 3'600;
inline constexpr std::int64_t kSpikeWindowSeconds = 10;

/// The first record id: above 2^49, so that a 32-bit id or a double-minded one shows at once.
inline constexpr std::int64_t kFirstRecordId = 562'949'954'001'000;

/// Blobs are kept in rows of this size: an insert costs little beside the copy, and memory stays
/// flat for a file of any length.
inline constexpr std::size_t kChunkBytes = 1 << 20;
/// A download is answered from memory. Larger files can be uploaded and checked by their digest,
/// not fetched: 256 MiB is five times the largest drawing seen in practice.
inline constexpr std::int64_t kDownloadBytesMax = 256 << 20;
/// API bodies are JSON; the largest this client could send is a note of 1 MB.
inline constexpr base::ByteCount kApiBodyMax = 16 << 20;
/// Of a form upload: what may stand before the file.
inline constexpr std::size_t kFormHeadBytesMax = 256 << 10;
/// Pictures past this are stored without a look at their EXIF.
inline constexpr std::int64_t kInspectBytesMax = 64 << 20;

/// Rows of the request log; older ones go. A day of a busy site is about 50,000 calls.
inline constexpr std::int64_t kRequestRowsMax = 100'000;
/// Fault rules at once; more are refused.
inline constexpr std::size_t kFaultRulesMax = 256;
/// Office edits in one command: at 20 µs each this stays under a second.
inline constexpr std::int64_t kOfficeEditsMax = 50'000;
/// A fault's delay: longer than any client's patience.
inline constexpr std::int64_t kDelayMillisMax = 600'000;

}  // namespace fieldsync::net::sandbox::tuning
