#pragma once

#include "platform/base/result.h"
#include "platform/base/types.h"

namespace fieldsync::platform {

/// Lets the group of the file or socket at `path` read it, and use a socket; nobody else. On
/// Windows those who are logged in at this machine stand for the group.
base::Result<> let_group_use(const base::Path& path);

}  // namespace fieldsync::platform
