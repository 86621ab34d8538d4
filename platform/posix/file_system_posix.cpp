#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <boost/filesystem.hpp>
#include <cerrno>
#include <limits>

#include "platform/host.h"
#include "platform/posix/descriptor.h"
#include "platform/posix/file_posix.h"

namespace fieldsync::platform {
namespace {

namespace library = boost::filesystem;
using posix::Descriptor;
using posix::failure_of;
using posix::open_descriptor;
using posix::retried;

constexpr unsigned kOwnerOnlyFile = 0600;
constexpr unsigned kSharedFile = 0644;
constexpr unsigned kOwnerOnlyFolder = 0700;

/// Calls that take a C string would act on the part before a NUL.
Result<> check_name(const Path& path) {
  if (path.find('\0') != Path::npos) return failure_of(ENOENT, path, "open");
  return {};
}

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::file;
  return S_ISDIR(mode) ? FileType::folder : FileType::other;
}

FileInfo info_of(const struct stat& found) {
  const std::int64_t millis =
      std::int64_t{found.st_mtim.tv_sec} * 1000 + found.st_mtim.tv_nsec / 1'000'000;
  return {type_of(found.st_mode), static_cast<ByteCount>(found.st_size),
          base::WallTime{base::Millis{millis}}};
}

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;  // the system lets go of the lock when it closes, also at a crash
};

class PosixFileSystem final : public FileSystem {
 public:
  Result<FileInfo> info(const Path& path) override {
    TRY(check_name(path));
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0) return info_of(found);
    if (errno == ENOENT || errno == ENOTDIR) return FileInfo{};
    return failure_of(errno, path, "look up");
  }

  Result<std::unique_ptr<File>> open_read(const Path& path) override {
    // Without O_NONBLOCK, opening a pipe that someone left in a watched folder would never return.
    Descriptor descriptor = open_descriptor(path, O_RDONLY | O_NONBLOCK);
    if (!descriptor.is_open()) return failure_of(errno, path, "open");
    struct stat found {};
    if (::fstat(descriptor.number(), &found) != 0) return failure_of(errno, path, "open");
    switch (type_of(found.st_mode)) {
      case FileType::file:
        return posix::make_file(std::move(descriptor), path);
      case FileType::folder:
        return failure_of(EISDIR, path, "open");
      case FileType::missing:
      case FileType::other:
        break;
    }
    return base::Failure{base::Cause::file_unreadable, path + ": is not an ordinary file"};
  }

  Result<std::unique_ptr<File>> create(const Path& path, Access access) override {
    const unsigned mode = access == Access::owner_only ? kOwnerOnlyFile : kSharedFile;
    Descriptor descriptor = open_descriptor(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND, mode);
    if (!descriptor.is_open()) return failure_of(errno, path, "create");
    return posix::make_file(std::move(descriptor), path);
  }

  Result<> rename(const Path& from, const Path& to) override {
    TRY(check_name(from));
    TRY(check_name(to));
    if (::rename(from.c_str(), to.c_str()) != 0) {
      return failure_of(errno, from, "rename to " + to);
    }
    return {};
  }

  Result<> remove(const Path& path) override {
    TRY(check_name(path));
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failure_of(errno, path, "remove");
    return {};
  }

  Result<> remove_tree(const Path& path) override {
    TRY(check_name(path));
    boost::system::error_code error;
    library::remove_all(path, error);  // links inside are removed, not followed
    if (error) return failure_of(error.value(), path, "remove");
    return {};
  }

  Result<> make_folder(const Path& path) override {
    TRY_ASSIGN(const FileInfo found, info(path));
    if (found.type == FileType::folder) {
      // A crash may have come between its creation and its becoming durable. The parent may be
      // closed to us when someone else made the folder; then that is not our doing either.
      (void)sync_folder(parent_of(path));
      return {};
    }
    const Path parent = parent_of(path);
    if (parent != path && parent != ".") TRY(make_folder(parent));
    if (::mkdir(path.c_str(), kOwnerOnlyFolder) != 0) {
      const int error = errno;
      TRY_ASSIGN(const FileInfo now, info(path));
      if (now.type != FileType::folder) return failure_of(error, path, "create the folder");
    }
    return sync_folder(parent);
  }

  Result<std::vector<std::string>> list(const Path& path) override {
    TRY(check_name(path));
    boost::system::error_code error;
    library::directory_iterator at(path, error);
    std::vector<std::string> names;
    while (!error && at != library::directory_iterator()) {
      names.push_back(at->path().filename().string());
      at.increment(error);
    }
    if (error) return failure_of(error.value(), path, "list");
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<> sync_folder(const Path& path) override {
    const Descriptor folder = open_descriptor(path, O_RDONLY | O_DIRECTORY);
    if (!folder.is_open()) return failure_of(errno, path, "open");
    if (retried([&] { return ::fsync(folder.number()); }) != 0) {
      return failure_of(errno, path, "sync");
    }
    return {};
  }

  Result<ByteCount> free_space(const Path& path) override {
    TRY(check_name(path));
    struct statvfs found {};
    if (retried([&] { return ::statvfs(path.c_str(), &found); }) != 0) {
      return failure_of(errno, path, "free space");
    }
    // Some network file systems report more than fits.
    const double bytes = static_cast<double>(found.f_bavail) * static_cast<double>(found.f_frsize);
    constexpr auto kMax = std::numeric_limits<ByteCount>::max();
    if (bytes >= static_cast<double>(kMax)) return kMax;
    return static_cast<ByteCount>(found.f_bavail) * static_cast<ByteCount>(found.f_frsize);
  }

  Result<> clone(const Path& from, const Path& to) override {
    const Descriptor source = open_descriptor(from, O_RDONLY | O_NONBLOCK);
    if (!source.is_open()) return failure_of(errno, from, "open");
    const Descriptor target = open_descriptor(to, O_WRONLY | O_CREAT | O_EXCL, kOwnerOnlyFile);
    if (!target.is_open()) return failure_of(errno, to, "create");
    if (retried([&] { return ::ioctl(target.number(), FICLONE, source.number()); }) == 0) return {};
    const int error = errno;
    ::unlink(to.c_str());
    return failure_of(error, from, "share blocks with " + to);
  }

  Result<std::unique_ptr<FileLock>> lock(const Path& path) override {
    Descriptor descriptor = open_descriptor(path, O_RDWR | O_CREAT, kOwnerOnlyFile);
    if (!descriptor.is_open()) return failure_of(errno, path, "open");
    if (retried([&] { return ::flock(descriptor.number(), LOCK_EX | LOCK_NB); }) == 0) {
      return std::unique_ptr<FileLock>(std::make_unique<PosixLock>(std::move(descriptor)));
    }
    if (errno == EWOULDBLOCK) {
      return base::Failure{base::Cause::already_running, path + ": is held by another program"};
    }
    return failure_of(errno, path, "lock");
  }
};

}  // namespace

std::unique_ptr<FileSystem> make_system_files() { return std::make_unique<PosixFileSystem>(); }

}  // namespace fieldsync::platform
