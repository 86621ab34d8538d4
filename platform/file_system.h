#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/result.h"
#include "platform/base/types.h"

/// Files, as promises need them: what is durable and when is part of each contract. Failures carry
/// disk_low (no space), file_unreadable (missing, not permitted, a folder) or disk_error, and name
/// the path. Any thread; one File belongs to one thread at a time.
namespace fieldsync::platform {

using base::ByteCount;
using base::Done;
using base::Path;
using base::Result;

enum class FileType { missing, file, folder, other };

struct FileInfo {
  FileType type = FileType::missing;
  ByteCount size = 0;
  base::WallTime modified{};
};

class File {
 public:
  virtual ~File() = default;  ///< closes; nothing unsynced becomes durable by it
  /// Up to `size` bytes from `offset`; fewer only at the end of the file.
  virtual Result<std::string> read_at(ByteCount offset, ByteCount size) = 0;
  /// All of `bytes` at the current end.
  virtual Result<> append(std::string_view bytes) = 0;
  /// Contents are durable when this succeeds (fsync); the name only after sync_folder.
  virtual Result<> sync() = 0;
  virtual Result<ByteCount> size() = 0;
};

/// Held while alive: a second holder anywhere on the machine is refused.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<FileInfo> info(const Path& path) = 0;
  virtual Result<std::unique_ptr<File>> open_read(const Path& path) = 0;
  /// A new file, readable and writable; file_unreadable if the path exists. `owner_only`: mode 0600
  /// or an ACL of the like.
  enum class Access { owner_only, shared };
  virtual Result<std::unique_ptr<File>> create(const Path& path, Access access) = 0;
  /// Replaces `to` if it exists, atomically. Durable after sync_folder of the folders.
  virtual Result<> rename(const Path& from, const Path& to) = 0;
  /// A missing file is no failure.
  virtual Result<> remove(const Path& path) = 0;
  virtual Result<> remove_tree(const Path& path) = 0;
  /// Creates the folder and its parents, owner-only, and makes the names durable.
  virtual Result<> make_folder(const Path& path) = 0;
  /// Names in the folder, sorted, without `.` and `..`.
  virtual Result<std::vector<std::string>> list(const Path& path) = 0;
  /// Makes the names in the folder durable.
  virtual Result<> sync_folder(const Path& path) = 0;
  /// Bytes a normal user may still write on the path's file system.
  virtual Result<ByteCount> free_space(const Path& path) = 0;
  /// A copy that shares blocks with the original where the disk can; Failure where it cannot (the
  /// caller then copies). `to` must not exist.
  virtual Result<> clone(const Path& from, const Path& to) = 0;
  /// already_running when someone else holds it.
  virtual Result<std::unique_ptr<FileLock>> lock(const Path& path) = 0;
};

/// `folder`/`name` with exactly one slash.
Path join(std::string_view folder, std::string_view name);
/// The part before the last slash; "." when there is none.
Path parent_of(std::string_view path);
/// The part after the last slash.
std::string file_name_of(std::string_view path);
/// The whole content, refused past `size_max`.
Result<std::string> read_all(FileSystem& files, const Path& path, ByteCount size_max);

}  // namespace fieldsync::platform
