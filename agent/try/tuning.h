#pragma once

#include "platform/base/types.h"

/// Every number of `fieldsync try`, with its arithmetic.
namespace fieldsync::trial::tuning {

using base::ByteCount;
using base::Millis;

/// Between two looks at another process: short against anything a person sees.
inline constexpr Millis kLook{20};
/// A program that opens its databases and ports; seconds on a slow disk.
inline constexpr Millis kStartMax{20'000};
/// Time to end in order before it is ended.
inline constexpr Millis kStopMax{5'000};
/// The service's calls in 10 s. The seeded project is about 100 and the deliveries are 60: with a
/// limit of 100 the person would watch ten seconds of politeness.
inline constexpr int kSpikeLimit = 200;
/// A second or two; on a slow machine it may meet the spike limit several times.
inline constexpr Millis kMirrorMax{90'000};
/// The first byte of an upload after the link is back: one retry of the link at its longest, 30 s,
/// and the calls before.
inline constexpr Millis kUploadMax{60'000};
/// Everything delivered: the sending below, one settling of 2 s for each lost answer, read-backs.
inline constexpr Millis kDrainMax{120'000};
/// No byte for this long ends a call to the sandbox's control.
inline constexpr Millis kControlStall{10'000};

/// The link of a good day on site. The photos below take about six seconds over it, so that there
/// is time to see the power go in the middle of one.
inline constexpr ByteCount kSendRate = 8'000'000;
/// A person's own files are sent over a link that needs no longer than this for all of them.
inline constexpr ByteCount kSendSeconds = 15;

/// A part is at least 5 MiB (facts/procore-api.md 7.1): these are three parts, and pictures of a
/// phone.
inline constexpr ByteCount kPanoramaBytes = 12'500'000;
inline constexpr ByteCount kPhotoBytesMin = 1'500'000;
inline constexpr ByteCount kPhotoBytesMax = 6'500'000;
inline constexpr int kPhotos = 8;
inline constexpr int kNotes = 3;

/// A person with both hands full: some 20 captures in a storm.
inline constexpr Millis kCaptureGapMin{500};
inline constexpr Millis kCaptureGapMax{1'800};
/// A dozen spells in a storm, each long enough to be met by work under way, each with a breath
/// after it, or nothing would ever be under way.
inline constexpr Millis kSpellMin{500};
inline constexpr Millis kSpellMax{2'000};
inline constexpr Millis kSpellGapMin{300};
inline constexpr Millis kSpellGapMax{1'000};
/// Fewer than what makes the agent pause for minutes, enough for every path of refusal.
inline constexpr int kFalseAnswersMax = 6;
/// Longest time past its moment that an event of a storm is waited for.
inline constexpr Millis kEventMax{10'000};

/// Files of a person's folder that are taken along; more are left out, and that is said.
inline constexpr std::size_t kFilesMax = 500;
/// A drawing goes to the sandbox in one request; the sandbox keeps none larger.
inline constexpr ByteCount kDrawingBytesMax = 200'000'000;
/// A ready file is a few hundred bytes.
inline constexpr ByteCount kReadyBytesMax = 1 << 20;
/// Rows asked of the sandbox's request log: all it keeps.
inline constexpr int kRequestRows = 100'000;

}  // namespace fieldsync::trial::tuning
