#pragma once

#include <memory>
#include <string_view>

#include "platform/file_system.h"

namespace fieldsync::platform {

/// A file that appears whole or not at all. Bytes go to a draft beside the target; `commit` syncs
/// them, renames and syncs the folder. Without `commit` the destructor removes the draft.
class AtomicFile {
 public:
  /// Creates `target`.draft; a draft left by a crash is replaced.
  static Result<AtomicFile> open(FileSystem& files, Path target, FileSystem::Access access);
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  Result<> write(std::string_view bytes);
  /// After success the content is durable under the target's name. Call once.
  Result<> commit();

 private:
  AtomicFile(FileSystem& files, Path target, Path draft, std::unique_ptr<File> file);
  FileSystem* files_;
  Path target_;
  Path draft_;
  std::unique_ptr<File> file_;
};

/// Writes `bytes` to `target`, whole or not at all.
Result<> write_atomically(FileSystem& files, const Path& target, std::string_view bytes,
                          FileSystem::Access access);

}  // namespace fieldsync::platform
