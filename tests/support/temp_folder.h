#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace fieldsync::tests {

/// A fresh folder, removed with everything in it at the end of the test.
class TempFolder {
 public:
  explicit TempFolder(const std::filesystem::path& below = std::filesystem::temp_directory_path()) {
    std::string pattern = (below / "fieldsync-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Where files cost no disk, if this machine has such a place: for tests that kill an agent and
/// never the machine, so that a thousand of them do not wait for syncs that prove nothing there.
inline std::filesystem::path memory_backed_folder() {
  const std::filesystem::path shared_memory = "/dev/shm";
  std::error_code ignored;
  const auto space = std::filesystem::space(shared_memory, ignored);
  const bool roomy = !ignored && space.available > (std::uintmax_t{256} << 20);
  return roomy ? shared_memory : std::filesystem::temp_directory_path();
}

inline std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void put_content(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace fieldsync::tests
