#pragma once

#include <functional>
#include <memory>

#include "platform/file_system.h"

namespace fieldsync::tests {

/// One file system with a folder of its own to play in.
class FileSystemUnderTest {
 public:
  virtual ~FileSystemUnderTest() = default;
  virtual platform::FileSystem& files() = 0;
  /// Exists and is empty.
  virtual platform::Path folder() = 0;
};

/// What every platform::FileSystem must do. Call from a test case; the subcases ask `make` for a
/// fresh one each.
void file_system_contract(const std::function<std::unique_ptr<FileSystemUnderTest>()>& make);

}  // namespace fieldsync::tests
