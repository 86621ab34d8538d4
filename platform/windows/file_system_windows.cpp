#include <algorithm>
#include <boost/filesystem.hpp>

#include "platform/host.h"
#include "platform/tuning.h"
#include "platform/windows/file_windows.h"
#include "platform/windows/system.h"

namespace fieldsync::platform {
namespace {

namespace library = boost::filesystem;
using windows::failure_of;
using windows::Handle;
using windows::native;
using windows::OwnerOnly;

constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

base::Failure last_failure(std::string_view path, std::string_view doing) {
  return failure_of(::GetLastError(), path, doing);
}

/// 100 ns since 1601, as the system stamps files.
base::WallTime wall_of(FILETIME stamp) {
  ULARGE_INTEGER ticks{};
  ticks.LowPart = stamp.dwLowDateTime;
  ticks.HighPart = stamp.dwHighDateTime;
  constexpr std::int64_t kSecondsTo1970 = 11'644'473'600;
  return base::WallTime{
      base::Millis{static_cast<std::int64_t>(ticks.QuadPart / 10'000) - kSecondsTo1970 * 1'000}};
}

bool is_missing(DWORD error) {
  return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND ||
         error == ERROR_INVALID_NAME;
}

/// Opens what is there, a file or a folder, following links.
Handle open_existing(const Path& path, DWORD access) {
  const std::wstring name = native(path);
  if (name.empty()) return Handle();
  return Handle(::CreateFileW(name.c_str(), access, kShareAll, nullptr, OPEN_EXISTING,
                              FILE_FLAG_BACKUP_SEMANTICS, nullptr));
}

/// Virus scanners, indexers and backups hold new files open for moments: what they refuse is tried
/// again for a while. `call` returns whether it succeeded, with the last error set if not.
template <class Call>
bool retried(Call call) {
  for (int left = tuning::kSharingTries;; --left) {
    if (call()) return true;
    const DWORD error = ::GetLastError();
    const bool may_pass = error == ERROR_SHARING_VIOLATION || error == ERROR_LOCK_VIOLATION ||
                          error == ERROR_ACCESS_DENIED;
    if (!may_pass || left == 0) return false;
    ::Sleep(static_cast<DWORD>(tuning::kSharingPause.count()));
    ::SetLastError(error);
  }
}

/// Renames over a file that others have open, which MoveFileEx refuses; systems that do not know
/// the way (before Windows 10) fail.
bool rename_as_posix(const std::wstring& from, const std::wstring& to) {
  const Handle file(::CreateFileW(from.c_str(), DELETE | SYNCHRONIZE, kShareAll, nullptr,
                                  OPEN_EXISTING, 0, nullptr));
  if (!file.is_open()) return false;
  const std::size_t bytes = to.size() * sizeof(wchar_t);
  std::string memory(sizeof(FILE_RENAME_INFO) + bytes, '\0');
  auto* wish = reinterpret_cast<FILE_RENAME_INFO*>(memory.data());
  constexpr DWORD kReplaceAsPosix = 1 | 2;  // FILE_RENAME_FLAG_REPLACE_IF_EXISTS, _POSIX_SEMANTICS
  *reinterpret_cast<DWORD*>(wish) = kReplaceAsPosix;
  wish->FileNameLength = static_cast<DWORD>(bytes);
  std::copy(to.begin(), to.end(), wish->FileName);
  constexpr auto kRenameInfoEx = static_cast<FILE_INFO_BY_HANDLE_CLASS>(22);
  return ::SetFileInformationByHandle(file.get(), kRenameInfoEx, wish,
                                      static_cast<DWORD>(memory.size())) != 0;
}

bool move_over(const std::wstring& from, const std::wstring& to) {
  if (::MoveFileExW(from.c_str(), to.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
    return true;
  }
  const DWORD error = ::GetLastError();
  if (is_missing(error) || rename_as_posix(from, to)) return !is_missing(error);
  ::SetLastError(error);
  return false;
}

class WindowsLock final : public FileLock {
 public:
  explicit WindowsLock(Handle handle) : handle_(std::move(handle)) {}

 private:
  Handle handle_;  // the system lets go of the lock when it closes, also at a crash
};

class WindowsFileSystem final : public FileSystem {
 public:
  Result<FileInfo> info(const Path& path) override {
    const Handle found = open_existing(path, FILE_READ_ATTRIBUTES);
    if (!found.is_open()) {
      const DWORD error = ::GetLastError();
      // A name with a NUL or a star can belong to nothing.
      if (is_missing(error)) return FileInfo{};
      return failure_of(error, path, "look up");
    }
    if (::GetFileType(found.get()) != FILE_TYPE_DISK) return FileInfo{FileType::other, 0, {}};
    BY_HANDLE_FILE_INFORMATION about{};
    if (!::GetFileInformationByHandle(found.get(), &about)) return last_failure(path, "look up");
    const bool is_folder = (about.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    const auto size =
        static_cast<ByteCount>((std::uint64_t{about.nFileSizeHigh} << 32) | about.nFileSizeLow);
    return FileInfo{is_folder ? FileType::folder : FileType::file, size,
                    wall_of(about.ftLastWriteTime)};
  }

  Result<std::unique_ptr<File>> open_read(const Path& path) override {
    Handle handle = open_existing(path, GENERIC_READ);
    if (!handle.is_open()) return last_failure(path, "open");
    TRY_ASSIGN(const FileInfo found, info(path));
    if (found.type == FileType::file && ::GetFileType(handle.get()) == FILE_TYPE_DISK) {
      return windows::make_file(std::move(handle), path);
    }
    return base::Failure{base::Cause::file_unreadable, path + ": is not an ordinary file"};
  }

  Result<std::unique_ptr<File>> create(const Path& path, Access access) override {
    const std::wstring name = native(path);
    if (name.empty()) return last_failure(path, "create");
    OwnerOnly owner_only;
    Handle handle(::CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE, kShareAll,
                                access == Access::owner_only ? owner_only.get() : nullptr,
                                CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!handle.is_open()) return last_failure(path, "create");
    return windows::make_file(std::move(handle), path);
  }

  Result<> rename(const Path& from, const Path& to) override {
    const std::wstring from_name = native(from);
    const std::wstring to_name = native(to);
    const bool are_names = !from_name.empty() && !to_name.empty();
    if (are_names && retried([&] { return move_over(from_name, to_name); })) return {};
    return last_failure(from, "rename to " + to);
  }

  Result<> remove(const Path& path) override {
    const std::wstring name = native(path);
    if (!name.empty() && retried([&] { return remove_file(name); })) return {};
    return last_failure(path, "remove");
  }

  Result<> remove_tree(const Path& path) override {
    const std::wstring name = native(path);
    if (name.empty()) return last_failure(path, "remove");
    boost::system::error_code error;
    library::remove_all(library::path(name), error);  // links inside are removed, not followed
    if (error && !is_missing(static_cast<DWORD>(error.value()))) {
      return failure_of(static_cast<DWORD>(error.value()), path, "remove");
    }
    return {};
  }

  Result<> make_folder(const Path& path) override {
    TRY_ASSIGN(const FileInfo found, info(path));
    if (found.type == FileType::folder) return {};
    const Path parent = parent_of(path);
    if (parent != path && parent != "." && !parent.ends_with(':')) TRY(make_folder(parent));
    const std::wstring name = native(path);
    OwnerOnly owner_only;
    if (name.empty() || !::CreateDirectoryW(name.c_str(), owner_only.get())) {
      const DWORD error = ::GetLastError();
      TRY_ASSIGN(const FileInfo now, info(path));
      if (now.type != FileType::folder) return failure_of(error, path, "create the folder");
    }
    return sync_folder(parent);
  }

  Result<std::vector<std::string>> list(const Path& path) override {
    const std::wstring name = native(path);
    if (name.empty()) return last_failure(path, "list");
    boost::system::error_code error;
    library::directory_iterator at(library::path(name), error);
    std::vector<std::string> names;
    while (!error && at != library::directory_iterator()) {
      names.push_back(windows::to_utf8(at->path().filename().wstring()));
      at.increment(error);
    }
    if (error) return failure_of(static_cast<DWORD>(error.value()), path, "list");
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<> sync_folder(const Path& path) override {
    const Handle folder = open_existing(path, GENERIC_WRITE);
    if (!folder.is_open() && ::GetLastError() != ERROR_ACCESS_DENIED) {
      return last_failure(path, "open");
    }
    // NTFS keeps names in its journal and `rename` writes through; not every file system and right
    // lets a folder be flushed besides.
    if (folder.is_open()) ::FlushFileBuffers(folder.get());
    return {};
  }

  Result<ByteCount> free_space(const Path& path) override {
    TRY_ASSIGN(const FileInfo found, info(path));
    const std::wstring name = native(found.type == FileType::folder ? path : parent_of(path));
    ULARGE_INTEGER bytes{};
    if (name.empty() || !::GetDiskFreeSpaceExW(name.c_str(), &bytes, nullptr, nullptr)) {
      return last_failure(path, "free space");
    }
    return static_cast<ByteCount>(bytes.QuadPart);
  }

  Result<> clone(const Path& from, const Path& to) override {
    // Only ReFS shares blocks; site machines have NTFS.
    return failure_of(ERROR_NOT_SUPPORTED, from, "share blocks with " + to);
  }

  Result<std::unique_ptr<FileLock>> lock(const Path& path) override {
    const std::wstring name = native(path);
    if (name.empty()) return last_failure(path, "lock");
    OwnerOnly owner_only;
    Handle handle(::CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE, kShareAll,
                                owner_only.get(), OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!handle.is_open()) return last_failure(path, "open");
    OVERLAPPED whole{};
    if (::LockFileEx(handle.get(), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
                     &whole)) {
      return std::unique_ptr<FileLock>(std::make_unique<WindowsLock>(std::move(handle)));
    }
    const DWORD error = ::GetLastError();
    if (error == ERROR_LOCK_VIOLATION || error == ERROR_IO_PENDING) {
      return base::Failure{base::Cause::already_running, path + ": is held by another program"};
    }
    return failure_of(error, path, "lock");
  }

 private:
  /// A missing file is no failure; one that is marked read-only is removed all the same.
  static bool remove_file(const std::wstring& name) {
    if (::DeleteFileW(name.c_str())) return true;
    const DWORD error = ::GetLastError();
    if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) return true;
    const DWORD attributes = ::GetFileAttributesW(name.c_str());
    const bool is_folder =
        attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    if (is_folder) {
      ::SetLastError(ERROR_DIRECTORY);
      return false;
    }
    if (error == ERROR_ACCESS_DENIED && attributes != INVALID_FILE_ATTRIBUTES &&
        (attributes & FILE_ATTRIBUTE_READONLY) != 0) {
      ::SetFileAttributesW(name.c_str(), attributes & ~FILE_ATTRIBUTE_READONLY);
      return ::DeleteFileW(name.c_str()) != 0;
    }
    ::SetLastError(error);
    return false;
  }
};

}  // namespace

std::unique_ptr<FileSystem> make_system_files() { return std::make_unique<WindowsFileSystem>(); }

}  // namespace fieldsync::platform
