#pragma once

#include <memory>

#include "platform/file_system.h"
#include "platform/windows/system.h"

namespace fieldsync::platform::windows {

/// An open ordinary file. `path` is for messages only.
std::unique_ptr<File> make_file(Handle handle, Path path);

}  // namespace fieldsync::platform::windows
