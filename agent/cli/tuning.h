#pragma once

#include "platform/base/types.h"

/// Every number of the command line, with its arithmetic.
namespace fieldsync::cli::tuning {

using base::ByteCount;
using base::Millis;

/// A text from stdin: the field limit of the kinds. Past it the text is refused, never cut.
inline constexpr ByteCount kTextBytesMax = 1'000'000;

/// A config file of a company with 5,000 followed projects at 100 bytes each.
inline constexpr ByteCount kConfigBytesMax = 1 << 20;

/// An agent that is starting opens its databases: under a second, with a salvage of a damaged one a
/// few. Another command that works in its own process holds the lock about as long.
inline constexpr Millis kAgentStartMax{8'000};
inline constexpr Millis kAgentStartPause{100};
static_assert(kAgentStartMax > 10 * kAgentStartPause);

/// How long one `wait` may take at the agent: short, so that progress is seen to move and Ctrl-C
/// leaves no call behind for long.
inline constexpr Millis kWaitSlice{1'000};
/// `sync --wait` gives up after this: a day of sending is a link that is not one.
inline constexpr Millis kSyncWaitMax{24 * 3'600'000};
/// `status --watch` looks this often; the same as a person's glance.
inline constexpr Millis kWatchPause{2'000};

/// A file changed so shortly ago may still be written: cameras write in bursts under a second
/// apart. All such files of one command are looked at again after one pause.
inline constexpr Millis kFreshFile{2'000};
inline constexpr Millis kGrowingPause{400};

/// A JPEG's segments before its first scan: pictures have about a dozen, with a large embedded
/// profile or maker notes (64 kB each) a few hundred. Past this it is no picture.
inline constexpr int kJpegSegmentsMax = 4'096;

/// Files of one command; the shell's own limit is about here.
inline constexpr int kFilesMax = 10'000;
/// Attachments of one record: one queue row carries them all.
inline constexpr int kAttachmentsMax = 100;

/// Pages of 100 acts in one export: ten times the acts that one queue may hold.
inline constexpr int kExportPagesMax = 30'000;

/// Rows of `list` when nobody says: more than a person reads, less than a terminal forgets.
inline constexpr int kListLimit = 200;
inline constexpr int kListLimitMax = 100'000;

/// A table column is never made narrower than this when the terminal is too small.
inline constexpr int kColumnMin = 6;

/// Of `bundle`: a log file is rotated at 5 MB, and there are four at most.
inline constexpr base::ByteCount kBundleFileMax = 8'000'000;
inline constexpr int kBundleLogsMax = 8;

}  // namespace fieldsync::cli::tuning
