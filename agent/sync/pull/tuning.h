#pragma once

#include "platform/base/types.h"

/// Numbers of what is read and fetched from the service, with their arithmetic.
namespace fieldsync::sync::tuning {

using base::ByteCount;
using base::Millis;

// --- Rounds --------------------------------------------------------------------------------------

/// Windows of changes overlap by this: whole-second stamps and clocks apart (facts 5.1).
inline constexpr Millis kWindowOverlap{2 * 60'000};
/// The far end of a window: our clock may be behind the service's by as much.
inline constexpr Millis kWindowAhead{24 * 3'600'000};
/// Pages of one listing: 2,000 pages of 1,000 records is forty times the largest project known.
inline constexpr int kPagesMax = 2'000;
/// A round that meets a bad link again and again though the probe is answered: 1 s doubled seven
/// times is two minutes, some 60 tries an hour.
inline constexpr int kLinkTroubleDoublingsMax = 7;
/// A window of notes reaches back this far: the service filters notes by their day only.
inline constexpr Millis kNotesBack{14 * 24 * 3'600'000LL};
/// And ahead: the day of a project east of here has begun, and the last day of a window says
/// nothing about absence; three days leave tomorrow inside.
inline constexpr Millis kNotesAhead{3 * 24 * 3'600'000LL};
/// The first mirror of notes reaches back this far: half a year of daily logs.
inline constexpr Millis kNotesFirst{183 * 24 * 3'600'000LL};

// --- Audits (auditor.h) --------------------------------------------------------------------------

/// Complete listings of ids find what was deleted; once a day is 2 calls per 4,000 records.
inline constexpr Millis kSweepInterval{24 * 3'600'000};
/// Once a week a complete listing with all fields finds what changed without a new stamp: 50 calls
/// for 50,000 records, and only while half of the hour's calls are left.
inline constexpr Millis kAuditInterval{7 * 24 * 3'600'000LL};
/// Replies and attachments are only in a record's detail, and a reply need not change its stamp
/// (facts 5.3): 10 looks every 10 minutes are 60 of 600 calls an hour, and 8,000 RFIs in six days.
inline constexpr Millis kAuditPause{10 * 60'000};
inline constexpr int kAuditShows = 10;
/// What was looked at since then is not looked at again for an audit.
inline constexpr Millis kAuditAge{24 * 3'600'000};

// --- Files that come (downloader.h, partial_file.h) ----------------------------------------------

/// A file comes in pieces: a cut costs one at most. The first is a second at 2 Mbit/s and more than
/// most sheets' answers cost in round trips; then as long as about four seconds of the link.
inline constexpr ByteCount kPieceFirst = 256 * 1024;
inline constexpr ByteCount kPieceMax = ByteCount{8} << 20;
inline constexpr Millis kPieceTime{4'000};
/// Pieces of one file: the largest download in the shortest pieces.
inline constexpr int kPiecesMax = 20'000;
/// A drawing set of a large project in one PDF; more is refused rather than filling the disk.
inline constexpr ByteCount kDownloadMax = ByteCount{4} << 30;

// --- Room on the disk (disk_room.h) --------------------------------------------------------------

/// Beside its bytes a capture needs a row in work.db, its log and a page or two of the file system:
/// a megabyte is twenty times that.
inline constexpr ByteCount kCaptureMargin = 1'000'000;
/// Pieces that nobody went on with are of no use after a month: the sheet has changed or is here.
inline constexpr Millis kPartialGrace{30 * 24 * 3'600'000LL};
/// Bytes in `files/` that no row refers to: those that just came get theirs within a second.
inline constexpr Millis kUnknownFileGrace{3'600'000};
/// Downloads looked up at a time when some have to go: 64 rows are a millisecond.
inline constexpr int kEvictionPage = 64;
/// Downloads that go in one turn of the loop: about 50 ms. A capture that needs the room of more
/// small files than these is refused once, and fits at the next try.
inline constexpr int kEvictedAtOnceMax = 1'000;

static_assert(kWindowOverlap < kSweepInterval);

}  // namespace fieldsync::sync::tuning
