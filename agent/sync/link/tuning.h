#pragma once

#include "platform/base/types.h"

/// Numbers of the way to a service and what it costs, with their arithmetic.
namespace fieldsync::sync::tuning {

using base::ByteCount;
using base::Millis;

// --- Time between attempts -----------------------------------------------------------------------

/// First wait after a failure of the service or the link; doubles up to the longest.
inline constexpr Millis kRetryMin{1'000};
/// A failure that lasts is looked at every five minutes: 12 calls an hour of 600.
inline constexpr Millis kRetryMax{5 * 60'000};
/// 1 s doubled eight times is 256 s; the ninth is the longest.
inline constexpr int kRetryDoublingsMax = 9;
/// A cut link is tried again soon, since on site it comes back within seconds: 1 s doubling to 30
/// s.
inline constexpr Millis kLinkRetryMin{1'000};
inline constexpr Millis kLinkRetryMax{30'000};
/// Endpoints that may be in trouble at a time: kinds times acts are about forty.
inline constexpr std::size_t kBreakersMax = 100;

// --- What is learnt of the link (link_model.h, link_memory.h) ------------------------------------

/// A slower answer moves the round trip by an eighth of the difference, as TCP does.
inline constexpr int kRoundTripMemory = 8;
/// A smaller body measures the round trip, not the rate: 256 KiB are a second at 2 Mbit/s.
inline constexpr ByteCount kRateSample = 256 * 1024;
/// A new rate counts for three tenths: after five parts the old one is forgotten.
inline constexpr double kRateGain = 0.3;
/// Until a part went through: 2 Mbit/s, a weak LTE's.
inline constexpr double kRateAssumed = 250e3;
/// Of a link nothing is known of: a cut every ten minutes. At each cut a tenth of what was known
/// is forgotten.
inline constexpr Millis kLifeAssumed{10 * 60'000};
inline constexpr double kLifeMemory = 0.9;
/// Networks of which something is known: a trailer's, a phone's, an office's, a home's, twice. The
/// line they are kept in is 40 bytes for each.
inline constexpr std::size_t kNetworksKnown = 8;

// --- Parts too long for the link (link_reach.h) --------------------------------------------------

/// What a connection carried when its end says something of its length, and nothing of the link:
/// more than the system takes in on its own (some 100 KB of a new connection).
inline constexpr ByteCount kCarriedMin = 256 * 1024;
/// Cuts of one part in a row: of parts that take as long as the link lives (x = 1) one in four is
/// cut three times, and a wait of two minutes then costs little.
inline constexpr int kCutsUntilTooLong = 3;
/// Then it is left alone for two minutes, doubled each time up to six hours: 3 MB in vain at each
/// are 24 MB in the first four hours and 12 MB a day later on.
inline constexpr Millis kTooLongWaitMin{2 * 60'000};
inline constexpr Millis kTooLongWaitMax{6 * 3'600'000};
inline constexpr int kTooLongDoublingsMax = 8;
/// Acts with a cut part that are remembered, 50 bytes each.
inline constexpr std::size_t kCutActsMax = 1'000;

// --- What is kept of the hour's calls (budget.h) -------------------------------------------------

/// For people: 16 edits in the hour's burst before a meeting, each of a look, a write and a proof,
/// and 12 looks at the drawings: 60 of 600 calls. Photos have the other 540, 180 an hour.
inline constexpr int kCallsKept = 60;
/// Of a smaller limit a fifth is kept.
inline constexpr int kCallsKeptShare = 5;
/// What is left of the hour is written down when it became a fortieth of the limit less: 40 commits
/// an hour at most, three on an idle machine, and a restart believes in 15 of 600 too many.
inline constexpr int kBudgetKeptShare = 40;

// --- The data plan (data_meter.h) ----------------------------------------------------------------

/// What was counted of the day is written down when this much more crossed: a kill forgets at most
/// this and the parts under way, a photo of 5 MB costs five such commits.
inline constexpr ByteCount kUseKeptEvery = 1'000'000;
/// At rest this much is worth one: a round with nothing new is some 2 KB, so that an idle machine
/// writes every few hours.
inline constexpr ByteCount kUseKeptAtRest = 64 * 1024;
/// Acts that a person may want sent now at a time.
inline constexpr std::size_t kUrgentMax = 1'000;

static_assert(kRetryMin < kRetryMax && kLinkRetryMin < kLinkRetryMax);

}  // namespace fieldsync::sync::tuning
