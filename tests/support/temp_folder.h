#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "platform/host.h"

namespace fieldsync::tests {

/// A name of the system's own kind: narrow text is UTF-8 here, and a code page on Windows.
inline std::filesystem::path native_path(const std::string& path) {
  return std::filesystem::path(std::u8string(path.begin(), path.end()));
}

/// A fresh folder, removed with everything in it at the end of the test.
class TempFolder {
 public:
  explicit TempFolder(const std::filesystem::path& below = std::filesystem::temp_directory_path()) {
    const std::filesystem::path fresh =
        below / ("fieldsync-" + platform::system_random_hex(kNameBytes));
    REQUIRE(std::filesystem::create_directory(fresh));
    std::filesystem::permissions(fresh, std::filesystem::perms::owner_all);
    const std::u8string name = fresh.generic_u8string();
    path_.assign(name.begin(), name.end());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(native_path(path_), ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  static constexpr int kNameBytes = 6;
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
  std::ifstream in(native_path(path), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void put_content(const std::string& path, const std::string& bytes) {
  std::ofstream out(native_path(path), std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace fieldsync::tests
