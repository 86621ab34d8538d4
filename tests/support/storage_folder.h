#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace fieldsync::tests {

/// A fresh folder, removed with all it holds at the end of the test.
class StorageFolder {
 public:
  StorageFolder() {
    static std::atomic<int> next_number{0};
    const auto stamp = std::chrono::high_resolution_clock::now().time_since_epoch().count();
    const auto name =
        "fieldsync-storage-" + std::to_string(stamp) + "-" + std::to_string(++next_number);
    path_ = (std::filesystem::temp_directory_path() / name).generic_string();
    std::filesystem::create_directories(path_);
  }
  ~StorageFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  StorageFolder(const StorageFolder&) = delete;
  StorageFolder& operator=(const StorageFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace fieldsync::tests
