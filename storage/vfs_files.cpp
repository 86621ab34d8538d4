#include "storage/vfs_files.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "storage/sql_error.h"
#include "storage/tuning.h"

namespace fieldsync::storage {
namespace {

using base::ByteCount;
using base::Failure;
using base::Path;
using base::Result;

Failure failed(int code, const Path& path, std::string_view doing) {
  return sqlite_failure(nullptr, code, path, doing);
}

/// One open file of a VFS.
class Handle {
 public:
  explicit Handle(sqlite3_vfs* vfs)
      : memory_((static_cast<std::size_t>(vfs->szOsFile) + sizeof(std::max_align_t) - 1) /
                sizeof(std::max_align_t)) {}
  ~Handle() {
    if (file()->pMethods) file()->pMethods->xClose(file());
    sqlite3_free_filename(name_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  Result<> open(sqlite3_vfs* vfs, const Path& path, int flags) {
    std::string full(static_cast<std::size_t>(vfs->mxPathname) + 1, '\0');
    int code = vfs->xFullPathname(vfs, path.c_str(), static_cast<int>(full.size()), full.data());
    if ((code & 0xff) != SQLITE_OK) return failed(code, path, "finding");
    // A VFS may expect its names in SQLite's own form.
    name_ = sqlite3_create_filename(full.c_str(), "", "", 0, nullptr);
    int opened_as = 0;
    code = vfs->xOpen(vfs, name_, file(), flags, &opened_as);
    if (code != SQLITE_OK) return failed(code, path, "opening");
    return {};
  }

  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }
  const sqlite3_io_methods& methods() { return *file()->pMethods; }

 private:
  std::vector<std::max_align_t> memory_;
  const char* name_ = nullptr;
};

struct Span {
  ByteCount offset;
  ByteCount count;
};

Result<> copy_span(Handle& from, const Path& from_path, Handle& to, const Path& to_path,
                   Span span) {
  std::vector<char> chunk(static_cast<std::size_t>(tuning::kVfsChunk));
  for (ByteCount at = span.offset; at < span.offset + span.count;) {
    const int size = static_cast<int>(std::min(span.offset + span.count - at, tuning::kVfsChunk));
    int code = from.methods().xRead(from.file(), chunk.data(), size, at);
    if (code != SQLITE_OK) return failed(code, from_path, "copying");
    code = to.methods().xWrite(to.file(), chunk.data(), size, at);
    if (code != SQLITE_OK) return failed(code, to_path, "copying");
    at += size;
  }
  const int code = to.methods().xSync(to.file(), SQLITE_SYNC_NORMAL);
  if (code != SQLITE_OK) return failed(code, to_path, "syncing");
  return {};
}

}  // namespace

VfsFiles::VfsFiles(const std::string& vfs)
    : vfs_(sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str())) {
  FS_CHECK(vfs_ != nullptr);
}

Result<std::optional<ByteCount>> VfsFiles::size(const Path& path) {
  int exists = 0;
  int code = vfs_->xAccess(vfs_, path.c_str(), SQLITE_ACCESS_EXISTS, &exists);
  if (code != SQLITE_OK) return failed(code, path, "looking for");
  if (!exists) return std::optional<ByteCount>();
  Handle file(vfs_);
  TRY(file.open(vfs_, path, SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READONLY));
  sqlite3_int64 size = 0;
  code = file.methods().xFileSize(file.file(), &size);
  if (code != SQLITE_OK) return failed(code, path, "measuring");
  return std::optional<ByteCount>(size);
}

Result<> VfsFiles::copy(const Path& from, const Path& to) {
  TRY_ASSIGN(const auto from_size, size(from));
  if (!from_size) return Failure{base::Cause::file_unreadable, from + ": there is no such file"};
  Handle source(vfs_), target(vfs_);
  TRY(source.open(vfs_, from, SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READONLY));
  // A journal's flag makes the system's VFS sync the folder with the file.
  TRY(target.open(vfs_, to,
                  SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  const int code = target.methods().xTruncate(target.file(), 0);
  if (code != SQLITE_OK) return failed(code, to, "emptying");
  return copy_span(source, from, target, to, {0, *from_size});
}

Result<> VfsFiles::patch(const Path& from, const Path& to, ByteCount offset, ByteCount count) {
  Handle source(vfs_), target(vfs_);
  TRY(source.open(vfs_, from, SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READONLY));
  TRY(target.open(vfs_, to, SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE));
  return copy_span(source, from, target, to, {offset, count});
}

Result<> VfsFiles::overwrite(const Path& path, ByteCount offset, std::string_view bytes) {
  Handle file(vfs_);
  TRY(file.open(vfs_, path, SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE));
  int code =
      file.methods().xWrite(file.file(), bytes.data(), static_cast<int>(bytes.size()), offset);
  if (code == SQLITE_OK) code = file.methods().xSync(file.file(), SQLITE_SYNC_NORMAL);
  if (code != SQLITE_OK) return failed(code, path, "writing");
  return {};
}

Result<> VfsFiles::remove(const Path& path) {
  constexpr int kSyncFolder = 1;
  const int code = vfs_->xDelete(vfs_, path.c_str(), kSyncFolder);
  if (code != SQLITE_OK && code != SQLITE_IOERR_DELETE_NOENT) return failed(code, path, "removing");
  return {};
}

}  // namespace fieldsync::storage
