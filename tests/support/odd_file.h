#pragma once

#include <filesystem>
#include <string>
#ifndef _WIN32
#include <sys/stat.h>
#endif

namespace fieldsync::tests {

/// Something at `path` that has a name and no content: a pipe, and on Windows, where pipes have no
/// place among the files, a folder.
inline void make_odd_file(const std::string& path) {
#ifdef _WIN32
  std::filesystem::create_directory(std::filesystem::path(std::u8string(path.begin(), path.end())));
#else
  ::mkfifo(path.c_str(), 0600);
#endif
}

/// An endless device, and a name that this system allows and others do not.
#ifdef _WIN32
inline constexpr const char* kDevice = "NUL";
inline constexpr const char* kOddName = "wall #3.jpg";
#else
inline constexpr const char* kDevice = "/dev/zero";
inline constexpr const char* kOddName = "wall #3: \xFF.jpg";
#endif

}  // namespace fieldsync::tests
