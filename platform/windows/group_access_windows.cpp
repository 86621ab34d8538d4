#include "platform/group_access.h"
#include "platform/windows/system.h"

namespace fieldsync::platform {

base::Result<> let_group_use(const base::Path& path) {
  // There is no socket that a group could open: each person's agent is that person's.
  return windows::failure_of(ERROR_NOT_SUPPORTED, path, "share with a group");
}

}  // namespace fieldsync::platform
