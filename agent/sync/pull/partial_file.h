#pragma once

#include "storage/blob_store.h"
#include "storage/mirror_store.h"

namespace fieldsync::sync {

/// A file that comes piece by piece: each piece is a file named by its offset, synced before it
/// counts, so that what is here after a power cut is what came. One thread at a time.
class PartialFile {
 public:
  PartialFile(platform::FileSystem& disk, const storage::BlobStore& files,
              const storage::RecordKey& key, std::string_view slot);

  /// Counts the pieces that follow each other from the start; others are removed.
  base::Result<> look();
  /// Removes all pieces.
  base::Result<> forget();
  /// Bytes from the start that are here.
  base::ByteCount size() const { return size_; }
  /// Puts the file at `piece` behind the others; disk_error when it is not `size` bytes long.
  base::Result<> take(const base::Path& piece, base::ByteCount size);
  /// Writes all pieces into one new file at `to`. Returns `to`.
  base::Result<base::Path> join(const base::Path& to) const;

 private:
  base::Path path_of(base::ByteCount offset) const;

  platform::FileSystem& disk_;
  base::Path folder_;
  std::vector<base::ByteCount> offsets_;
  base::ByteCount size_ = 0;
};

}  // namespace fieldsync::sync
