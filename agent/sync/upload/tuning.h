#pragma once

#include "platform/base/types.h"

/// Numbers of what brings files to the service, with their arithmetic.
namespace fieldsync::sync::tuning {

using base::ByteCount;
using base::Millis;

// --- The way up (upload_lane.h) ------------------------------------------------------------------

/// Parts of one upload under way: the one whose bytes leave, and the one whose answer is awaited or
/// that stands still. A crash costs the bytes of one part and what the link carries in a round
/// trip (promise P8).
inline constexpr std::size_t kPartsAtOnce = 2;
/// A part whose bytes stand still this long lets the next one try: a usual cut of 5 s, the second
/// after which the system tries again (retry_every_second), and as much again. One that begins
/// within a cut is slow for long: TCP takes its first losses for a crowded way.
inline constexpr Millis kLaneStill{8'000};
/// And this long when the system says that the network is another one: twice the longest round
/// trip of a satellite link.
inline constexpr Millis kLaneStillOnChange{1'300};
/// A part that takes less than this lets the next one go before its answer: a connection that lay
/// idle for longer begins slowly again (RFC 5681 4.1), for 5 round trips, where waiting for the
/// answer on the same one costs one.
inline constexpr Millis kShortPart{2'000};
/// A connection to the storage is taken to be open this long after its last answer: servers keep
/// idle ones for 5 to 75 s, and one opened for nothing costs a round trip of nobody's time.
inline constexpr Millis kStorageStaysOpen{20'000};

// --- Parts that fail -----------------------------------------------------------------------------

/// A part the storage refuses is sent again this often before the whole upload is made anew.
inline constexpr int kPartAttemptsMax = 4;
/// Uploads of an act that are lost before it waits for minutes to hours each time: every one sends
/// the file again, and on a link too slow for the time its parts have all of them are lost.
inline constexpr int kUploadRestartsSoon = 4;
/// Another network is tried at once, but not within this time of the last vain try: a network that
/// comes and goes each minute is told as another each time.
inline constexpr Millis kTooLongPause{10 * 60'000};

// --- Deadlines of uploads (facts/procore-api.md 7.1) ---------------------------------------------

/// Of the time within which it must be attached the last quarter is hurry: 42 hours of a week.
inline constexpr int kHurryShare = 4;
/// Before this much of the time to begin is over its addresses count as good: clocks differ.
inline constexpr Millis kStartMargin{60'000};
/// A fresh upload is attached within the service's limit less this margin, or made anew.
inline constexpr Millis kAttachMargin{6 * 3'600'000};

// --- Small pictures (picture_rules.h) ------------------------------------------------------------

/// A small picture that is not much smaller costs three calls for nothing: it goes ahead when it is
/// a third of the original at most.
inline constexpr ByteCount kSmallPictureShare = 3;
/// Photos below this go whole: on a link of 0.2 Mbit/s they take twelve seconds.
inline constexpr ByteCount kPictureWorthReducing = 300'000;

}  // namespace fieldsync::sync::tuning
