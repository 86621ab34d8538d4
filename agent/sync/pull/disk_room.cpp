#include "agent/sync/pull/disk_room.h"

#include <algorithm>

#include "agent/sync/pull/tuning.h"

namespace fieldsync::sync {

using base::ByteCount;
using base::Done;
using base::Result;

Result<> DiskRoom::for_capture(ByteCount bytes) {
  TRY_ASSIGN(const ByteCount free, disk_.free_space(folder_));
  const ByteCount lacking = bytes + tuning::kCaptureMargin - free;
  if (lacking <= 0) return Done{};
  return evict(lacking, {Shelf::superseded, Shelf::ordinary, Shelf::pinned});
}

Result<> DiskRoom::keep_reserve() {
  TRY_ASSIGN(const ByteCount left, left_for_downloads());
  return left >= 0 ? Result<>(Done{}) : evict(-left, {Shelf::superseded, Shelf::ordinary});
}

Result<ByteCount> DiskRoom::left_for_downloads() {
  TRY_ASSIGN(const ByteCount free, disk_.free_space(folder_));
  ByteCount left = free - limits_.free_reserve;
  if (limits_.downloads_max > 0) {
    if (!kept_) {
      TRY_ASSIGN(kept_, mirror_.bytes_kept());
    }
    left = std::min(left, limits_.downloads_max - *kept_);
  }
  return left - expected_;
}

Result<> DiskRoom::make_way(ByteCount bytes, For what) {
  TRY_ASSIGN(ByteCount left, left_for_downloads());
  left += expected_;
  if (left >= bytes) return Done{};
  switch (what) {
    case For::current:
      return evict(bytes - left, {Shelf::superseded});
    case For::awaited:
      return evict(bytes - left, {Shelf::superseded, Shelf::ordinary});
  }
  FS_CHECK(false);
}

Result<> DiskRoom::tidy(base::WallTime now) {
  if (prefix_ == 0) TRY(files_.sweep_partial(now - tuning::kPartialGrace));
  TRY_ASSIGN(const auto digests, files_.listed(static_cast<std::uint8_t>(prefix_)));
  for (const base::Digest& digest : digests) {
    TRY_ASSIGN(const bool is_kept, mirror_.has_blob(digest));
    if (!is_kept) TRY(files_.remove_if_older(digest, now - tuning::kUnknownFileGrace));
  }
  prefix_ = (prefix_ + 1) % 256;
  return Done{};
}

/// The bytes go first: where nothing at all is free, the rows have no room to be changed in. A row
/// whose bytes are gone (the mirror may forget its last commits at a power cut) is put right when
/// somebody opens the file.
Result<> DiskRoom::evict(ByteCount bytes, const std::vector<Shelf>& shelves) {
  const std::set<base::ProjectId> closed = out_of_reach();
  int gone = 0;
  ByteCount freed = 0;
  for (const Shelf shelf : shelves) {
    while (freed < bytes && gone < tuning::kEvictedAtOnceMax) {
      TRY_ASSIGN(const auto files, mirror_.evictable(shelf, closed, tuning::kEvictionPage));
      std::vector<base::Digest> removed;
      for (const auto& file : files) {
        if (freed >= bytes) break;
        TRY(files_.remove(file.blob));
        removed.push_back(file.blob);
        freed += file.size;
      }
      if (removed.empty()) break;
      gone += static_cast<int>(removed.size());
      TRY(mirror_.forget_blobs(removed));
    }
  }
  if (gone > 0) {
    kept_.reset();
    log_.info("mirror.evicted", {{"files", gone}, {"bytes", freed}, {"wanted", bytes}});
  }
  return Done{};
}

}  // namespace fieldsync::sync
