#pragma once

#include <memory>

#include "platform/file_system.h"
#include "platform/posix/descriptor.h"

namespace fieldsync::platform::posix {

/// An open regular file. `path` is for messages only.
std::unique_ptr<File> make_file(Descriptor descriptor, Path path);

}  // namespace fieldsync::platform::posix
