#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

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
    /// kept once. Call once.
    Result<Digest> install();
    ByteCount size() const;
    /// Where the bytes are until then. Who writes there by itself uses incoming_path and adopt.
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
  /// moves it to its name; `size` is checked when given (disk_error). The file is gone afterwards
  /// in either case.
  Result<Added> adopt(const Path& written, std::optional<ByteCount> size);
  /// A fresh name in the incoming folder, which exists after begin, add_file or sweep_incoming.
  Path incoming_path();

  /// Where files are gathered that come in pieces, a folder each; kept over restarts.
  Path partial_folder(const Digest& name) const;
  /// Removes such folders in which nothing was put since `before`.
  Result<> sweep_partial(base::WallTime before);

  Path path_of(const Digest& digest) const;
  Result<bool> has(const Digest& digest) const;
  /// Reads it whole and compares with its name: disk_error when it differs.
  Result<> verify(const Digest& digest) const;
  Result<> remove(const Digest& digest);
  /// The digests kept that begin with this byte.
  Result<std::vector<Digest>> listed(std::uint8_t prefix) const;
  /// When the bytes were last put in; nothing when they are not here.
  Result<std::optional<base::WallTime>> kept_since(const Digest& digest) const;
  enum class Removal { removed, kept };
  /// Removes bytes last put in before `before`. Whoever puts the same bytes in at that moment finds
  /// them kept, or puts them in anew: never a promise that is taken back.
  Result<Removal> remove_if_older(const Digest& digest, base::WallTime before);
  /// Removes drafts left by a crash and makes the folders. Call before anything else at a start.
  /// Returns how many there were.
  Result<int> sweep_incoming();

 private:
  Path incoming_folder() const;
  Result<> make_incoming();
  /// Moves the file at `from` to its name; it is gone from there afterwards in either case.
  Result<> place(const Path& from, const Digest& digest);
  Result<> note_prefixes();
  Result<> make_prefix(const Path& folder, std::uint8_t prefix);
  Result<Added> copy_in(const Path& source, const platform::FileInfo& info, const Path& to);

  platform::FileSystem& files_;
  Path folder_;
  Sync sync_;
  std::atomic<std::uint64_t> next_name_ = 0;
  std::atomic<bool> incoming_made_ = false;
  /// Between putting bytes in and removing them as too old.
  std::mutex place_or_remove_;
  /// Folders by first byte of the digest that are known to be there durably.
  std::array<std::atomic<bool>, 256> made_{};
};

}  // namespace fieldsync::storage
