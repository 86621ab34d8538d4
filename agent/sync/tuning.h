#pragma once

#include "platform/base/types.h"

/// Every number of the agent's decisions, with its arithmetic.
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
/// An answer no reader understands may be a passing fault of a proxy; after this many a person
/// must look: 8 attempts span about four minutes.
inline constexpr int kUnexpectedMax = 8;
/// A cut link is tried again soon, since on site it comes back within seconds: 1 s doubling to 30
/// s.
inline constexpr Millis kLinkRetryMin{1'000};
inline constexpr Millis kLinkRetryMax{30'000};
/// Endpoints that may be in trouble at a time: kinds times acts are about forty.
inline constexpr std::size_t kBreakersMax = 100;
/// A clock this far from the service's is told: signed URLs and day limits go wrong from there on,
/// and no answer takes so long.
inline constexpr Millis kClockWrongFrom{5 * 60'000};
/// A round that meets a bad link again and again though the probe is answered: 1 s doubled seven
/// times is two minutes, some 60 tries an hour.
inline constexpr int kLinkTroubleDoublingsMax = 7;
/// A request whose answer was lost may still be at work there. Looking at once could miss it.
inline constexpr Millis kSettle{2'000};

// --- Rounds --------------------------------------------------------------------------------------

/// Windows of changes overlap by this: whole-second stamps and clocks apart (facts 5.1).
inline constexpr Millis kWindowOverlap{2 * 60'000};
/// The far end of a window: our clock may be behind the service's by as much.
inline constexpr Millis kWindowAhead{24 * 3'600'000};
/// Complete listings of ids find what was deleted; once a day is 2 calls per 4,000 records.
inline constexpr Millis kSweepInterval{24 * 3'600'000};
/// Records of a kind that may be gone at once and be believed: one in twenty (on a job of 400 RFIs
/// an office deletes a handful a day, 20 in a clean-up; a lost right or a filter takes nearly all).
inline constexpr std::int64_t kGoneShare = 20;
/// Of a kind with few records a clean-up may take several: five are believed, however few there
/// are.
inline constexpr std::int64_t kGoneAtOnceMin = 5;
/// Once a week a complete listing with all fields finds what changed without a new stamp: 50 calls
/// for 50,000 records, and only while half of the hour's calls are left.
inline constexpr Millis kAuditInterval{7 * 24 * 3'600'000LL};
/// Replies and attachments are only in a record's detail, and a reply need not change its stamp
/// (facts 5.3): 10 looks every 10 minutes are 60 of 600 calls an hour, and 8,000 RFIs in six days.
inline constexpr Millis kAuditPause{10 * 60'000};
inline constexpr int kAuditShows = 10;
/// What was looked at since then is not looked at again for an audit.
inline constexpr Millis kAuditAge{24 * 3'600'000};
/// Permissions have no change stamp; read again this often, and after any refusal.
inline constexpr Millis kPermissionsInterval{3'600'000};
/// Acts looked through at a time for bytes that belong to none: 500 rows are a few milliseconds.
inline constexpr int kOrphanActsPage = 500;
/// An edit is compared with what the service has not longer ago than this, and not before the edit
/// was made. One look at the tool serves every edit in that time.
inline constexpr Millis kEditFreshness{10'000};
/// Deliveries of kinds whose lists show all are read back together; the oldest waits no longer.
inline constexpr Millis kReadBackPatience{30'000};
inline constexpr int kReadBackBatch = 50;
/// Read-backs that do not show what was sent: the service may still process it. 6 looks with
/// doubling waits span about a minute.
inline constexpr int kReadBackMax = 6;
/// A window of notes reaches back this far: the service filters notes by their day only.
inline constexpr Millis kNotesBack{14 * 24 * 3'600'000LL};
/// And ahead: the day of a project east of here has begun, and the last day of a window says
/// nothing about absence; three days leave tomorrow inside.
inline constexpr Millis kNotesAhead{3 * 24 * 3'600'000LL};
/// The first mirror of notes reaches back this far: half a year of daily logs.
inline constexpr Millis kNotesFirst{183 * 24 * 3'600'000LL};

// --- Parallel work -------------------------------------------------------------------------------

/// API exchanges at a time: enough to hide a 120 ms round trip, far below the spike limit of 25 in
/// 10 s.
inline constexpr int kCallsAtOnce = 4;
/// Uploads at a time. Their bytes take turns (upload_lane.h); while those of one leave, the next
/// two are announced, so that the way up never waits for a round trip of the API.
inline constexpr int kUploadsAtOnce = 3;
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
inline constexpr int kDownloadsAtOnce = 2;
/// Due intents the planner looks at in one pass; the rest are seen in the next.
inline constexpr int kIntentsPerPass = 64;
inline constexpr int kShowsPerPass = 16;
/// Records whose full look was refused and that are remembered so; a page of a list.
inline constexpr std::size_t kShowsHeldBackMax = 1'000;
inline constexpr int kDownloadsPerPass = 8;
/// Pages of one listing: 2,000 pages of 1,000 records is forty times the largest project known.
inline constexpr int kPagesMax = 2'000;

// --- Memory at rest ------------------------------------------------------------------------------

/// Memory is given back when this much was received since the last time, or after an hour: a round
/// with nothing new is some 2 KB, the smallest first pull some 100 KB.
inline constexpr base::ByteCount kReleaseAfterBytes = 64 * 1024;
inline constexpr base::Millis kReleaseInterval{3'600'000};

// --- Uploads -------------------------------------------------------------------------------------

// What is learnt of the link (link_model.h).
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
/// A connection to the storage is taken to be open this long after its last answer: servers keep
/// idle ones for 5 to 75 s, and one opened for nothing costs a round trip of nobody's time.
inline constexpr Millis kStorageStaysOpen{20'000};

/// Networks of which something is known: a trailer's, a phone's, an office's, a home's, twice. The
/// line they are kept in is 40 bytes for each.
inline constexpr std::size_t kNetworksKnown = 8;

// Parts too long for the link (link_reach.h).
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
/// Another network is tried at once, but not within this time of the last vain try: a network that
/// comes and goes each minute is told as another each time.
inline constexpr Millis kTooLongPause{10 * 60'000};
/// Acts with a cut part that are remembered, 50 bytes each.
inline constexpr std::size_t kCutActsMax = 1'000;

// What is kept of the hour's calls (budget.h).
/// For people: 16 edits in the hour's burst before a meeting, each of a look, a write and a proof,
/// and 12 looks at the drawings: 60 of 600 calls. Photos have the other 540, 180 an hour.
inline constexpr int kCallsKept = 60;
/// Of a smaller limit a fifth is kept.
inline constexpr int kCallsKeptShare = 5;
/// What is left of the hour is written down when it became a fortieth of the limit less: 40 commits
/// an hour at most, three on an idle machine, and a restart believes in 15 of 600 too many.
inline constexpr int kBudgetKeptShare = 40;
/// While something waits for calls that are kept, one more is set free each minute.
inline constexpr Millis kKeptLook{60'000};
/// An upload that is not finished needs two calls more: complete and attach.
inline constexpr int kCallsToFinish = 2;

// Deadlines of uploads (facts/procore-api.md 7.1).
/// An upload is created when what is ahead of it takes at most three quarters of the time within
/// which it must begin: the rate may fall by a quarter meanwhile.
inline constexpr int kStartShareNumerator = 3;
inline constexpr int kStartShareDenominator = 4;
/// Of the time within which it must be attached the last quarter is hurry: 42 hours of a week.
inline constexpr int kHurryShare = 4;
/// Before this much of the time to begin is over its addresses count as good: clocks differ.
inline constexpr Millis kStartMargin{60'000};

// The data plan (data_plan.h, data_meter.h).
/// What was counted of the day is written down when this much more crossed: a kill forgets at most
/// this and the parts under way, a photo of 5 MB costs five such commits.
inline constexpr ByteCount kUseKeptEvery = 1'000'000;
/// At rest this much is worth one: a round with nothing new is some 2 KB, so that an idle machine
/// writes every few hours.
inline constexpr ByteCount kUseKeptAtRest = 64 * 1024;
/// While files wait for an hour the clock is looked at this often at least: it may be set.
inline constexpr Millis kPlanLook{15 * 60'000};
/// Acts that a person may want sent now at a time.
inline constexpr std::size_t kUrgentMax = 1'000;

// Small pictures (picture_rules.h).
/// A small picture that is not much smaller costs three calls for nothing: it goes ahead when it is
/// a third of the original at most.
inline constexpr ByteCount kSmallPictureShare = 3;
/// Photos below this go whole: on a link of 0.2 Mbit/s they take twelve seconds.
inline constexpr ByteCount kPictureWorthReducing = 300'000;
/// On a link that seems poor one original in so long is let go all the same: it measures the link,
/// and nothing waits for ever. 4 MB an hour are 9 kbit/s.
inline constexpr Millis kOriginalTrial{3'600'000};

// Downloads.
/// A file comes in pieces: a cut costs one at most. The first is a second at 2 Mbit/s and more than
/// most sheets' answers cost in round trips; then as long as about four seconds of the link.
inline constexpr ByteCount kPieceFirst = 256 * 1024;
inline constexpr ByteCount kPieceMax = ByteCount{8} << 20;
inline constexpr Millis kPieceTime{4'000};
/// Pieces of one file: the largest download in the shortest pieces.
inline constexpr int kPiecesMax = 20'000;
/// Pieces that nobody went on with are of no use after a month: the sheet has changed or is here.
inline constexpr Millis kPartialGrace{30 * 24 * 3'600'000LL};
/// Files a person waits for at a time; more are a list, and lists are pinned.
inline constexpr std::size_t kAwaitedMax = 100;
/// A crew pins a few hundred sheets; more is a whole project, which comes anyway.
inline constexpr std::size_t kPinsMax = 5'000;
/// Tries for a person who waits, so far apart; then the file comes like any other.
inline constexpr int kAwaitedTries = 12;
inline constexpr Millis kAwaitedPause{5'000};

// The forecast (forecast.h).
/// An edit and its read-back; announce, complete and attach of a file (facts/procore-api.md 7.1).
inline constexpr int kCallsPerEdit = 2;
inline constexpr int kCallsPerFile = 3;
/// A forecast of less than this says nothing: a read-back alone waits up to half of it.
inline constexpr Millis kForecastLeast{60'000};
/// While files wait the agent gives itself a forecast this often, so that its error is known.
inline constexpr Millis kForecastEvery{10 * 60'000};
/// Forecasts of acts that are not delivered yet: as many as one look gives.
inline constexpr std::size_t kForecastsOpenMax = 500;
/// Errors the median is taken of: the last hundred or so, an odd number.
inline constexpr std::size_t kForecastErrorsMax = 101;
/// A part that takes five lives of the link costs thirty times its time: nobody plans with more.
inline constexpr double kHopeless = 5;
/// Open acts looked through for one: 500 rows are some 5 ms, more are told as "at least".
inline constexpr int kForecastActs = 500;

/// A fresh upload is attached within the service's limit less this margin, or made anew.
inline constexpr Millis kAttachMargin{6 * 3'600'000};
/// Uploads begun over and over for one attachment before a person must look.
inline constexpr int kUploadRestartsMax = 5;
/// A drawing set of a large project in one PDF; more is refused rather than filling the disk.
inline constexpr ByteCount kDownloadMax = ByteCount{4} << 30;
/// A part the storage refuses is sent again this often before the whole upload is made anew.
inline constexpr int kPartAttemptsMax = 4;

// --- This machine --------------------------------------------------------------------------------

/// After trouble with our own disk nothing is begun for this long: 12 tries a minute cost nothing
/// and the person who frees space sees the queue move at once.
inline constexpr Millis kDiskPause{5'000};
/// A disk that stays full: 5 s doubled six times is 320 s, as rare as any other lasting failure.
inline constexpr int kDiskPauseDoublingsMax = 6;
/// Trouble this long after the last is new trouble.
inline constexpr Millis kDiskCalm{10 * 60'000};

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

/// Beside its bytes a capture needs a row in work.db, its log and a page or two of the file system:
/// a megabyte is twenty times that.
inline constexpr ByteCount kCaptureMargin = 1'000'000;
/// Bytes in `files/` that no row refers to: those that just came get theirs within a second.
inline constexpr Millis kUnknownFileGrace{3'600'000};
/// Downloads looked up at a time when some have to go: 64 rows are a millisecond.
inline constexpr int kEvictionPage = 64;
/// Downloads that go in one turn of the loop: about 50 ms. A capture that needs the room of more
/// small files than these is refused once, and fits at the next try.
inline constexpr int kEvictedAtOnceMax = 1'000;

// --- People --------------------------------------------------------------------------------------

/// 10 characters of base 32 are 50 bits: with 300,000 captures on one machine the chance that two
/// share an id is below 1 in 20,000, and work.db refuses the second then.
inline constexpr int kIdLength = 10;
/// 26 characters are 130 bits: unique across all machines.
inline constexpr int kTokenLength = 26;
/// Text a person can type into one field.
inline constexpr std::size_t kTextBytesMax = 1'000'000;
/// `sync --wait` goes on while something becomes due within this time.
inline constexpr Millis kSoon{15'000};
inline constexpr int kListMax = 100'000;

static_assert(kRetryMin < kRetryMax && kLinkRetryMin < kLinkRetryMax);
static_assert(kWindowOverlap < kSweepInterval);
static_assert(kReadBackPatience > kEditFreshness);

}  // namespace fieldsync::sync::tuning
