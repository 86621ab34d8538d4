#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/base/result.h"
#include "platform/base/types.h"

struct sqlite3_vfs;

namespace fieldsync::storage {

/// Whole files by way of the SQLite VFS that the databases use, so that copies of them meet the
/// same disk, real or simulated. No other program may write to the files meanwhile.
class VfsFiles {
 public:
  /// `vfs`: name of a registered one; empty: the system's.
  explicit VfsFiles(const std::string& vfs);

  /// Nothing when there is no such file. Failure disk_error or file_unreadable.
  base::Result<std::optional<base::ByteCount>> size(const base::Path& path);
  /// Overwrites `to`; its bytes and name are durable on success.
  base::Result<> copy(const base::Path& from, const base::Path& to);
  /// Overwrites `count` bytes at `offset` of `to` with those of `from` at the same place.
  base::Result<> patch(const base::Path& from, const base::Path& to, base::ByteCount offset,
                       base::ByteCount count);
  /// Overwrites the bytes at `offset`; durable on success.
  base::Result<> overwrite(const base::Path& path, base::ByteCount offset, std::string_view bytes);
  /// A missing file is no failure. The removal is durable on success.
  base::Result<> remove(const base::Path& path);

 private:
  sqlite3_vfs* vfs_;
};

}  // namespace fieldsync::storage
