#pragma once

#include <memory>

#include "platform/base/digest.h"
#include "platform/file_system.h"

namespace fieldsync::storage {

using base::ByteCount;
using base::Digest;
using base::Path;
using base::Result;

/// Files named by their SHA-256 in `folder`/ab/cdef…: `originals/` (durable before acknowledged)
/// and `files/` (what can be fetched again). A blob appears whole or not at all.
class BlobStore {
 public:
  /// `durable`: file and folder are synced before `install` returns.
  enum class Sync { durable, lazy };
  BlobStore(platform::FileSystem& files, Path folder, Sync sync);

  /// Bytes on their way in. Destroyed without install, they leave no trace. One thread at a time;
  /// different drafts may be on different threads.
  class Draft {
   public:
    Draft(Draft&&) noexcept;
    ~Draft();
    Result<> write(std::string_view bytes);
    /// Syncs, verifies the size and moves the bytes to their name. The same bytes already there:
    /// kept once.
    Result<Digest> install();
    ByteCount size() const;
    /// For writers that need a path (downloads, clones): write there, then `install_written`.
    const Path& path() const;

   private:
    friend class BlobStore;
    struct State;
    explicit Draft(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };
  Result<Draft> begin();
  /// Copies the file in, sharing blocks where the disk can, hashing what was copied. file_empty for
  /// 0 bytes; file_growing when its size or time changed while it was read.
  struct Added {
    Digest digest;
    ByteCount size = 0;
  };
  Result<Added> add_file(const Path& source);
  /// Takes a file already written in this store's own incoming folder (a download): hashes it and
  /// moves it to its name; `size` is checked when given.
  Result<Added> adopt(const Path& written, std::optional<ByteCount> size);
  /// A fresh name in the incoming folder.
  Path incoming_path();

  Path path_of(const Digest& digest) const;
  Result<bool> has(const Digest& digest) const;
  /// Reads it whole and compares with its name: disk_error when it differs.
  Result<> verify(const Digest& digest) const;
  Result<> remove(const Digest& digest);
  /// Removes drafts left by a crash. Call before anything else at a start.
  Result<int> sweep_incoming();

 private:
  platform::FileSystem& files_;
  Path folder_;
  Sync sync_;
  std::uint64_t next_name_ = 0;
};

}  // namespace fieldsync::storage
