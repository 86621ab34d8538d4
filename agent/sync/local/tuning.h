#pragma once

#include "platform/base/types.h"

/// Numbers of what people do and read on this machine, with their arithmetic.
namespace fieldsync::sync::tuning {

using base::Millis;

// --- What people do and read ---------------------------------------------------------------------

/// Text a person can type into one field.
inline constexpr std::size_t kTextBytesMax = 1'000'000;
/// Records of one list.
inline constexpr int kListMax = 100'000;
/// A clock this far from the service's is told: signed URLs and day limits go wrong from there on,
/// and no answer takes so long.
inline constexpr Millis kClockWrongFrom{5 * 60'000};
/// Open acts looked through for one: 500 rows are some 5 ms, more are told as "at least".
inline constexpr int kForecastActs = 500;
/// A crew pins a few hundred sheets; more is a whole project, which comes anyway.
inline constexpr std::size_t kPinsMax = 5'000;

// --- Bytes that belong to no act (orphans.h) -----------------------------------------------------

/// Bytes in `originals/` that belong to no act are swept after this: a command stages all its files
/// and then keeps its acts; 10,000 photos of 5 MB at 20 MB/s take 42 minutes, and a machine that is
/// put to sleep in between may sleep over a weekend. A week is longer than both.
inline constexpr Millis kOrphanGrace{7 * 24 * 3'600'000LL};
/// How often they are looked for.
inline constexpr Millis kOrphanInterval{24 * 3'600'000};
/// Digests compared with the acts in one sweep: 100,000 take about 8 MB for as long as it runs.
inline constexpr std::size_t kOrphansLookedAtMax = 100'000;
/// Removed in one turn of the loop: about 50 ms.
inline constexpr int kOrphansRemovedMax = 1'000;
/// Acts looked through at a time for bytes that belong to none: 500 rows are a few milliseconds.
inline constexpr int kOrphanActsPage = 500;

}  // namespace fieldsync::sync::tuning
