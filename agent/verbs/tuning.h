#pragma once

#include "platform/base/types.h"

/// Every number of the command surface, with its arithmetic.
namespace fieldsync::verbs::tuning {

/// A connection may wait this long for idleness; the command line asks again.
inline constexpr base::Millis kWaitMax{60'000};
/// How often a waiting command looks: ten times a second reads as at once.
inline constexpr base::Millis kWaitLook{100};
/// Steps of one answer to `plan`: what a person can look through; the counts tell of the rest.
inline constexpr int kPlanRowsMax = 200;
/// Acts of one answer to `pending`, with all they contain: 100 of 1 MB each are the worst.
inline constexpr int kPendingRowsMax = 100;
/// Rows of one answer. 5,000 queue rows of 400 bytes are 2 MB; the counts tell of the rest.
inline constexpr int kQueueRowsMax = 5'000;
inline constexpr int kReceiptRowsMax = 5'000;
inline constexpr int kListRowsDefault = 1'000;
/// Projects whose permissions one `projects` reads: a call each of the hourly budget.
inline constexpr int kProjectsMax = 25;
/// Pages of projects, of 100 each.
inline constexpr int kProjectPagesMax = 50;
/// Of a command there is not, in its refusal: a line or two of a terminal.
inline constexpr std::size_t kShownBytesMax = 200;
/// A status line is for people's eyes, and counting a long queue takes a millisecond.
inline constexpr base::Millis kStatusPause{500};
/// People with a login of their own on one machine: a site office has some dozen.
inline constexpr std::size_t kOwnLoginsMax = 100;
/// Files of one act.
inline constexpr std::size_t kFilesMax = 1'000;

/// Records still to be read in full, or files to be fetched, that `status` counts: past it the
/// count is "at least"; a thousand rows are a few milliseconds.
inline constexpr int kMissingShownMax = 1'000;

}  // namespace fieldsync::verbs::tuning
