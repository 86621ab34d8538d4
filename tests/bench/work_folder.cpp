#include "tests/bench/work_folder.h"

#include <filesystem>

namespace fieldsync::bench {

Places& places() {
  static Places all;
  return all;
}

WorkFolder::WorkFolder() {
  static int next_number = 0;
  path_ = places().folder + "/" + std::to_string(++next_number);
  std::filesystem::remove_all(path_);
  std::filesystem::create_directories(path_);
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace fieldsync::bench
