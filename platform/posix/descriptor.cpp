#include "platform/posix/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace fieldsync::platform::posix {

Descriptor::~Descriptor() {
  // Not repeated after a signal: Linux has closed it by then, and another thread may own the
  // number already.
  if (is_open()) ::close(number_);
}

bool interrupted() { return errno == EINTR; }

Descriptor open_descriptor(const base::Path& path, int flags, unsigned mode) {
  if (path.find('\0') != base::Path::npos) {
    errno = ENOENT;  // the system would silently open the part before it
    return Descriptor();
  }
  return Descriptor(retried([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); }));
}

base::Failure failure_of(int error, std::string_view path, std::string_view doing) {
  const auto cause = [&] {
    switch (error) {
      case ENOSPC:
      case EDQUOT:
        return base::Cause::disk_low;
      case ENOENT:
      case ENOTDIR:
      case EISDIR:
      case EACCES:
      case EPERM:
      case EEXIST:
      case ENOTEMPTY:
      case ELOOP:
      case ENAMETOOLONG:
        return base::Cause::file_unreadable;
      default:
        return base::Cause::disk_error;
    }
  }();
  return {cause, std::string(path) + ": " + std::string(doing) + ": " +
                     std::system_category().message(error)};
}

}  // namespace fieldsync::platform::posix
