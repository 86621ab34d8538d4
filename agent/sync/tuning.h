#pragma once

#include "agent/sync/plan/tuning.h"
#include "platform/base/types.h"

/// Numbers of the loop and of what it looks at, with their arithmetic. Those of the parts are in
/// the tuning.h of their folder, one that several use in the lowest of them.
namespace fieldsync::sync::tuning {

using base::ByteCount;
using base::Millis;

// --- What a survey looks at ----------------------------------------------------------------------

/// An edit is compared with what the service has not longer ago than this, and not before the edit
/// was made. One look at the tool serves every edit in that time.
inline constexpr Millis kEditFreshness{10'000};
/// Full looks that one plan is given to choose from; the rest are seen in the next.
inline constexpr int kShowsPerPass = 16;
/// Records whose full look was refused and that are remembered so; a page of a list.
inline constexpr std::size_t kShowsHeldBackMax = 1'000;
/// And files to fetch.
inline constexpr int kDownloadsPerPass = 8;
/// While files wait for an hour the clock is looked at this often at least: it may be set.
inline constexpr Millis kPlanLook{15 * 60'000};
/// On a link that seems poor one original in so long is let go all the same: it measures the link,
/// and nothing waits for ever. 4 MB an hour are 9 kbit/s.
inline constexpr Millis kOriginalTrial{3'600'000};

// --- Files a person waits for --------------------------------------------------------------------

/// Files a person waits for at a time; more are a list, and lists are pinned.
inline constexpr std::size_t kAwaitedMax = 100;
/// Tries for a person who waits, so far apart; then the file comes like any other.
inline constexpr int kAwaitedTries = 12;
inline constexpr Millis kAwaitedPause{5'000};

// --- Rest ----------------------------------------------------------------------------------------

/// `sync --wait` goes on while something becomes due within this time.
inline constexpr Millis kSoon{15'000};
/// While files wait the agent gives itself a forecast this often, so that its error is known.
inline constexpr Millis kForecastEvery{10 * 60'000};
/// Memory is given back when this much was received since the last time, or after an hour: a round
/// with nothing new is some 2 KB, the smallest first pull some 100 KB.
inline constexpr ByteCount kReleaseAfterBytes = 64 * 1024;
inline constexpr Millis kReleaseInterval{3'600'000};

// --- Trouble with this machine's own disk --------------------------------------------------------

/// After trouble with our own disk nothing is begun for this long: 12 tries a minute cost nothing
/// and the person who frees space sees the queue move at once.
inline constexpr Millis kDiskPause{5'000};
/// A disk that stays full: 5 s doubled six times is 320 s, as rare as any other lasting failure.
inline constexpr int kDiskPauseDoublingsMax = 6;
/// Trouble this long after the last is new trouble.
inline constexpr Millis kDiskCalm{10 * 60'000};

static_assert(kReadBackPatience > kEditFreshness);

}  // namespace fieldsync::sync::tuning
