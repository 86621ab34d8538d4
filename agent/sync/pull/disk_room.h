#pragma once

#include <functional>
#include <optional>
#include <set>

#include "platform/base/log.h"
#include "platform/file_system.h"
#include "storage/blob_store.h"
#include "storage/mirror_store.h"

namespace fieldsync::sync {

/// How much of the disk the mirror's downloads may take.
struct DiskLimits {
  base::ByteCount free_reserve = 0;   ///< kept free for captures
  base::ByteCount downloads_max = 0;  ///< of all downloads together; 0: no limit
};

/// Keeps room on the disk: what was downloaded and can come back goes before a capture is refused.
/// Superseded sheets go first, then what was not used for the longest time, what a person pinned
/// last and only for a capture. What the service cannot tell again now stays. Loop thread only.
class DiskRoom {
 public:
  DiskRoom(platform::FileSystem& disk, base::Log& log, storage::MirrorStore& mirror,
           storage::BlobStore& files, base::Path folder, const DiskLimits& limits)
      : disk_(disk),
        log_(log),
        mirror_(mirror),
        files_(files),
        folder_(std::move(folder)),
        limits_(limits) {}

  /// Projects whose bytes cannot be fetched again now.
  std::function<std::set<base::ProjectId>()> out_of_reach = [] {
    return std::set<base::ProjectId>{};
  };

  /// A capture of so many bytes comes: downloads go until it fits with what its row needs. It is
  /// not refused here: only the writing itself can tell (a disk that shares blocks needs no room).
  base::Result<> for_capture(base::ByteCount bytes);
  /// Downloads go until the reserve is free again and their own limit is kept.
  base::Result<> keep_reserve();
  /// How many bytes more may be downloaded; zero or less: none.
  base::Result<base::ByteCount> left_for_downloads();
  /// What may go for a download: superseded, for one that is not; everything nobody pinned, for one
  /// that a person waits for.
  enum class For { current, awaited };
  /// Downloads go until so many bytes more may be downloaded (beside what is on its way, which may
  /// be these), or nothing is left that may go.
  base::Result<> make_way(base::ByteCount bytes, For what);
  /// One of 256 parts of what lies in `files/` is compared with the mirror: bytes no file refers to
  /// are removed, and pieces that nobody went on with. For times of rest.
  base::Result<> tidy(base::WallTime now);
  /// So many bytes of a download are on their way, and count as here; less than zero: they came, or
  /// will not come.
  void expect(base::ByteCount bytes) {
    expected_ += bytes;
    kept_.reset();
  }

 private:
  using Shelf = storage::MirrorStore::Shelf;
  base::Result<> evict(base::ByteCount bytes, const std::vector<Shelf>& shelves);

  platform::FileSystem& disk_;
  base::Log& log_;
  storage::MirrorStore& mirror_;
  storage::BlobStore& files_;
  const base::Path folder_;
  const DiskLimits limits_;
  int prefix_ = 0;  ///< of digests, looked at next by `tidy`
  base::ByteCount expected_ = 0;
  std::optional<base::ByteCount> kept_;  ///< bytes of all downloads, while that is known
};

}  // namespace fieldsync::sync
