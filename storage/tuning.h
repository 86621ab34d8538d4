#pragma once

#include <cstddef>

#include "platform/base/types.h"

/// Every number of storage, with its arithmetic.
namespace fieldsync::storage::tuning {

/// A crew of 20 with 250 captures a day each, a month without a link: 150,000. Twice that. Past it
/// a capture is refused with limit_reached; nothing queued is dropped.
inline constexpr int kOpenIntentsMax = 300'000;

/// One place in eight of what is due is for intents with files: of 64 that are 8, and one upload at
/// a time needs one.
inline constexpr std::size_t kHeavyShare = 8;

/// Payloads below this compress to about themselves: a zstd frame costs 13 bytes and a text of this
/// length seldom saves more than a fifth.
inline constexpr base::ByteCount kCompressFrom = 512;

/// The fastest zstd level: payloads are small, and capture must not wait for a better one.
inline constexpr int kCompressLevel = 1;

/// Nesting of values in an archive. JSON from services is read to 64 levels (JsonLimits); a field
/// that held such a value is one level deeper, its list another.
inline constexpr int kValueDepthMax = 72;

/// An archive claims its unpacked size; more than this is not one of ours: the largest field a
/// person can type is 1 MB, times the fields of a record.
inline constexpr base::ByteCount kUnpackedMax = 64 << 20;

/// Bytes read or written at a time when files are copied or hashed: large enough that the call
/// costs nothing beside the copy, small enough to keep memory flat.
inline constexpr base::ByteCount kCopyChunk = 256 << 10;

/// A copy this long is hashed on a thread of its own: starting one costs some 50 us, as much as
/// hashing 80 kB; a photo of 5 MB gains 3 ms.
inline constexpr base::ByteCount kHashBesideFrom = 1 << 20;

/// Pieces of kCopyChunk that wait to be hashed before the copy waits: 1 MiB of memory.
inline constexpr std::size_t kHashBehindMax = 4;

/// The same for files that are copied through a SQLite VFS: SQLite itself never moves more than its
/// largest page, and its own VFS cuts what is 128 KiB or more.
inline constexpr base::ByteCount kVfsChunk = 64 << 10;

/// Statements a connection keeps prepared: a store has about 60 different ones of about 3 kB each,
/// the sandbox with the filters of its lists some 200. Past it the one used longest ago is dropped
/// and prepared again when needed.
inline constexpr int kStatementsMax = 256;

/// A process that is just ending holds its lock for one last checkpoint: some 10 ms of writing.
/// Past it the database counts as in use (already_running).
inline constexpr base::Millis kLockWait{250};

/// The write-ahead log is cut back to this after a checkpoint. A checkpoint comes every 1,000 pages
/// of 4 KiB, so a normal log never shrinks and grows again for nothing.
inline constexpr base::ByteCount kJournalKept = 4 << 20;

/// Looks that must all find damage before a database is set aside: a disk that fails one read in
/// ten thousand fails a check of a thousand pages one time in ten, and four in a row one in 10,000.
inline constexpr int kDamageLooks = 4;

/// Lines of an integrity report that are kept: enough to tell one bad page from a lost disk.
inline constexpr int kIntegrityLinesMax = 10;

/// One intent's archived payload. The longest text a service takes is far below 1 MB; past this a
/// capture is refused with limit_reached.
inline constexpr base::ByteCount kPayloadMax = 16 << 20;
static_assert(kPayloadMax <= kUnpackedMax);

/// A start checks every page of a database up to this size (about 30 ms for 32 MB in the disk
/// cache, half a second from a slow disk); a larger one only when it was not closed properly.
inline constexpr base::ByteCount kCheckAlwaysBelow = 32 << 20;

/// Retries of one list that are due are taken longest due first, this many at a time, then sorted
/// by id: 8 times the largest batch the planner asks for, and 0.2 ms of index reading.
inline constexpr int kDueWindow = 512;

/// Single ids tried in a row while a damaged table is walked before the steps begin to double: a
/// damaged interior page hides up to some thousand rows; beyond, doubling reaches the end of any
/// table in 62 steps.
inline constexpr int kSalvageProbes = 4'096;

/// Open intents read at a time by those who look at all: each page sorts the ids of all open
/// ones, and 5,000 rows of 1 KB are 5 MB.
inline constexpr int kOpenPageRows = 5'000;

/// Lines of a salvage report. Past it one line tells how many more there were.
inline constexpr int kSalvageLinesMax = 1'000;

}  // namespace fieldsync::storage::tuning
