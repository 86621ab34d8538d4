#include <doctest/doctest.h>

#include "platform/host.h"
#include "tests/contract/file_system_contract.h"
#include "tests/support/temp_folder.h"

namespace fieldsync::tests {
namespace {

class RealFiles final : public FileSystemUnderTest {
 public:
  platform::FileSystem& files() override { return *files_; }
  platform::Path folder() override { return folder_.path(); }

 private:
  TempFolder folder_;
  std::unique_ptr<platform::FileSystem> files_ = platform::make_system_files();
};

}  // namespace

TEST_CASE("the system's files keep the file system contract") {
  file_system_contract([] { return std::make_unique<RealFiles>(); });
}

}  // namespace fieldsync::tests
