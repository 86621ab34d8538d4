#pragma once

#include <cstddef>

#include "platform/base/types.h"

/// Every number of net, with its arithmetic.
namespace fieldsync::net::tuning {

// --- Requests and answers ------------------------------------------------------------------------

/// Presigned storage URLs are about 2 kB; servers commonly refuse past 8 kB.
inline constexpr std::size_t kUrlBytesMax = 16 << 10;

/// All headers of one message: servers commonly refuse past 8 to 32 kB, a token takes 2 kB.
inline constexpr base::ByteCount kHeaderBytesMax = 64 << 10;

/// Read from disk or socket at a time: a call costs nothing beside moving this much, and memory
/// stays flat with many exchanges.
inline constexpr base::ByteCount kPieceBytes = 64 << 10;

}  // namespace fieldsync::net::tuning
