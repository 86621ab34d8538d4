#pragma once

#include <string>
#include <vector>

#include "platform/base/types.h"

namespace fieldsync::platform::windows {

/// A program and its arguments as one line, as the C runtime of the other side takes it apart. The
/// program stands there as the system writes paths.
std::wstring command_line(const base::Path& program, const std::vector<std::string>& arguments);

}  // namespace fieldsync::platform::windows
