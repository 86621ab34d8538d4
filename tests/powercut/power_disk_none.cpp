#include "tests/powercut/power_disk.h"

namespace fieldsync::tests {

std::unique_ptr<PowerDisk> PowerDisk::mount(const std::string&, std::string& reason) {
  reason = "built without libfuse3 (libfuse3-dev)";
  return nullptr;
}

}  // namespace fieldsync::tests
