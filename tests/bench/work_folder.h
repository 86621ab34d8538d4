#pragma once

#include <string>

namespace fieldsync::bench {

/// Where the benchmarks write: a folder on a real disk, and where the programs were built.
struct Places {
  std::string folder;
  std::string agent;
  std::string sandbox;
};
Places& places();

/// A fresh folder in places().folder, removed with all it holds.
class WorkFolder {
 public:
  WorkFolder();
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace fieldsync::bench
