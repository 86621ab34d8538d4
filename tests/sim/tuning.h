#pragma once

#include "platform/base/types.h"

/// Every number of the simulated world, with its reason.
namespace fieldsync::sim::tuning {

using base::Millis;

/// The first mirror is pulled before trouble begins: a tiny project takes some thirty calls.
inline constexpr Millis kCalmBefore{60'000};
inline constexpr Millis kSettleLook{30'000};
/// A verb that needs the network answers within the transport's patience and a retry.
inline constexpr Millis kAnswerMax{300'000};
/// Photos of several parts cost as much as a whole world each.
inline constexpr double kLargePhotoChance = 0.01;
/// Services to begin with: their names and stamps differ, what they hold is much the same.
inline constexpr std::uint64_t kServicesMax = 16;
/// One world in eight begins with the first start after an installation.
inline constexpr std::uint64_t kSeedsPerFirstStart = 8;
/// A list of everything is compared after every third step.
inline constexpr int kStepsPerLook = 3;
/// A person tries to log in again when the first try met what was still under way.
inline constexpr int kLoginsMax = 4;
/// Starts in a row before a device counts as broken; the last has a healthy disk.
inline constexpr int kStartsMax = 5;
/// Of one disk call; a capture makes some ten.
inline constexpr double kDiskErrorChance = 0.002;
/// Of a start after a crash, which takes 60 to 150 disk calls: the power goes again within it, or
/// in what the agent does first.
inline constexpr double kCutAtStartChance = 0.25;
inline constexpr std::uint64_t kCallsOfStart = 150;
/// Kept free for captures: a disk that fills up in a world leaves less, so that downloads go there.
inline constexpr base::ByteCount kFreeSpaceReserve = 20'000;
/// Tasks one device may run in a virtual hour: a busy hour has some hundred exchanges of some ten
/// tasks each; a spinning loop has millions.
inline constexpr std::uint64_t kTasksPerHourMax = 60'000;
/// Events of a world in a virtual hour for each device, at which it ends as spinning: a device may
/// run kTasksPerHourMax tasks, its link and jobs set about as many beside them. The busiest of
/// 1,000 worlds had 936; a loop that never lets time go on is there in a tenth of a second.
inline constexpr std::uint64_t kEventsPerHourMax = 2 * kTasksPerHourMax;
/// Open acts that are read of one device: a plan has less than a hundred steps of few acts each.
inline constexpr int kOpenActsMax = 5'000;
/// Refusals for too many requests after a start, when nothing is known of what was spent before:
/// those that left together, in the spike window and in the hour, and a few for windows that end
/// apart.
inline constexpr int kRefusalsPerStartMax = 16;

/// How much younger than a change of the office an edit that leaves may be and still not know it: a
/// look is good for ten seconds, it may take a stalled half minute and its retry to come in, and
/// the edit waits its turn.
inline constexpr Millis kUnseenMax{120'000};

/// Offsets from UTC, in minutes, at which midnight falls between the first minute and the third
/// hour of a world that begins at 14:13 UTC.
inline constexpr int kMidnightFrom = 407, kMidnightTo = 586;

/// Worlds in which things follow each other fast; most of the races of one act need it.
inline constexpr double kHasteChance = 0.2;

}  // namespace fieldsync::sim::tuning
