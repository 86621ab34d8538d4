#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "platform/file_presence.h"
#include "platform/posix/descriptor.h"

#ifdef __linux__
#include <sys/xattr.h>
#endif

namespace fieldsync::platform {
namespace {

/// The value of an extended attribute; nothing when the file has none, or is where none exist.
std::optional<std::string> mark_of([[maybe_unused]] int file, [[maybe_unused]] const char* name) {
#ifdef __linux__
  char value[64];
  const ssize_t size = ::fgetxattr(file, name, value, sizeof(value));
  if (size >= 0) return std::string(value, static_cast<std::size_t>(size));
  if (errno == ERANGE) return std::string();  // longer than any value that is looked for
#endif
  return std::nullopt;
}

/// A file system that keeps no account of its blocks reports none as well: only one that says
/// "there is no data anywhere in it" is believed.
bool is_all_hole([[maybe_unused]] int file, const struct stat& about) {
#ifdef SEEK_DATA
  if (about.st_size == 0 || about.st_blocks != 0) return false;
  return ::lseek(file, 0, SEEK_DATA) < 0 && errno == ENXIO;
#else
  return false;
#endif
}

}  // namespace

std::optional<std::string> placeholder_reason(const base::Path& path) {
  const posix::Descriptor file = posix::open_descriptor(path, O_RDONLY | O_NONBLOCK);
  struct stat about {};
  if (!file.is_open() || ::fstat(file.number(), &about) != 0 || !S_ISREG(about.st_mode))
    return std::nullopt;
  if (auto reason = stand_in_reason(path, about.st_size)) return reason;
  if (mark_of(file.number(), "user.nextcloud.hydrate_exec") ||
      mark_of(file.number(), "user.openvfs.state") == "dehydrated") {
    return "is in the cloud drive only and was not downloaded to this machine";
  }
  if (is_all_hole(file.number(), about)) {
    return "has a size but not one byte on this disk: the cloud drive has not downloaded it, or "
           "its content was lost";
  }
  return std::nullopt;
}

}  // namespace fieldsync::platform
