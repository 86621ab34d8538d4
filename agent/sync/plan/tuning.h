#pragma once

#include "platform/base/types.h"

/// Numbers of what is done next and when it will have arrived, with their arithmetic.
namespace fieldsync::sync::tuning {

using base::Millis;

// --- Parallel work -------------------------------------------------------------------------------

/// API exchanges at a time: enough to hide a 120 ms round trip, far below the spike limit of 25 in
/// 10 s.
inline constexpr int kCallsAtOnce = 4;
/// Uploads at a time. Their bytes take turns (upload_lane.h); while those of one leave, the next
/// two are announced, so that the way up never waits for a round trip of the API.
inline constexpr int kUploadsAtOnce = 3;
/// Files that come at a time, side by side: a cut costs a piece of each.
inline constexpr int kDownloadsAtOnce = 2;
/// Due intents the planner looks at in one pass; the rest are seen in the next.
inline constexpr int kIntentsPerPass = 64;

// --- Looks and proofs ----------------------------------------------------------------------------

/// A request whose answer was lost may still be at work there. Looking at once could miss it.
inline constexpr Millis kSettle{2'000};
/// Deliveries of kinds whose lists show all are read back together; the oldest waits no longer.
inline constexpr Millis kReadBackPatience{30'000};
inline constexpr int kReadBackBatch = 50;

// --- Calls and deadlines of uploads (facts/procore-api.md 7.1) -----------------------------------

/// While something waits for calls that are kept, one more is set free each minute.
inline constexpr Millis kKeptLook{60'000};
/// An upload that is not finished needs two calls more: complete and attach.
inline constexpr int kCallsToFinish = 2;
/// An upload is created when what is ahead of it takes at most three quarters of the time within
/// which it must begin: the rate may fall by a quarter meanwhile.
inline constexpr int kStartShareNumerator = 3;
inline constexpr int kStartShareDenominator = 4;

// --- The forecast (forecast.h, forecast_log.h) ---------------------------------------------------

/// An edit and its read-back; announce, complete and attach of a file (facts/procore-api.md 7.1).
inline constexpr int kCallsPerEdit = 2;
inline constexpr int kCallsPerFile = 3;
/// A forecast of less than this says nothing: a read-back alone waits up to half of it.
inline constexpr Millis kForecastLeast{60'000};
/// Forecasts of acts that are not delivered yet: as many as one look gives.
inline constexpr std::size_t kForecastsOpenMax = 500;
/// Errors the median is taken of: the last hundred or so, an odd number.
inline constexpr std::size_t kForecastErrorsMax = 101;
/// A part that takes five lives of the link costs thirty times its time: nobody plans with more.
inline constexpr double kHopeless = 5;

}  // namespace fieldsync::sync::tuning
