#include <cstddef>
#include <cstdint>

#include "tests/fuzz/target.h"

/// The entry by the name that libFuzzer calls.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fieldsync::fuzz::fuzz_one({reinterpret_cast<const char*>(data), size});
  return 0;
}
