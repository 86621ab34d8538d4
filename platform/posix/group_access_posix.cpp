#include "platform/group_access.h"

#include <sys/stat.h>

#include <cerrno>

#include "platform/posix/descriptor.h"

namespace fieldsync::platform {

base::Result<> let_group_use(const base::Path& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return posix::failure_of(errno, path, "look at");
  // Connecting to a socket takes the right to write.
  const mode_t mode = S_ISSOCK(found.st_mode) ? 0660 : 0640;
  if (::chmod(path.c_str(), mode) != 0) return posix::failure_of(errno, path, "share");
  return {};
}

}  // namespace fieldsync::platform
