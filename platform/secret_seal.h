#pragma once

#include <string>

#include "platform/base/result.h"

namespace fieldsync::platform {

/// A secret as it lies in its owner-only file. On Windows the system encrypts it for this machine
/// (DPAPI), so that a disk or a backup carried elsewhere tells nothing; on other systems the bytes
/// stay as they are, the file's mode is what guards them. Any thread.
base::Result<std::string> seal_secret(const std::string& plain);
/// login_required when this machine did not seal it.
base::Result<std::string> open_secret(const std::string& sealed);

}  // namespace fieldsync::platform
