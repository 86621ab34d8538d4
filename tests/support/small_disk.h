#pragma once

#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace fieldsync::tests {

/// A file system of a few megabytes, unmounted at the end.
class SmallDisk {
 public:
  SmallDisk(const std::string& path, int megabytes) : path_(path) {
    std::filesystem::create_directories(path);
    const std::string size = "size=" + std::to_string(megabytes) + "m";
    is_mounted_ =
        ::geteuid() == 0 && ::mount("tmpfs", path.c_str(), "tmpfs", MS_NOSUID, size.c_str()) == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_mounted() const { return is_mounted_; }
  std::string state() const { return path_ + "/state"; }
  /// Takes all the space but so many bytes.
  void fill(std::uintmax_t leave) {
    const auto free = std::filesystem::space(path_).available;
    if (free <= leave) return;
    std::ofstream out(path_ + "/ballast", std::ios::binary | std::ios::app);
    out << std::string(free - leave, 'b');
  }
  void make_room() { std::filesystem::remove(path_ + "/ballast"); }

 private:
  const std::string path_;
  bool is_mounted_ = false;
};

}  // namespace fieldsync::tests
