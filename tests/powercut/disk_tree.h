#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "platform/random.h"

namespace fieldsync::tests {

/// One file, folder or socket: as programs see it, and as the disk has it.
struct DiskNode {
  struct stat meta {};
  std::string now, durable;
  std::set<std::size_t> dirty;  ///< pages of `now` that were written since the last sync
  std::map<std::string, std::shared_ptr<DiskNode>> names, durable_names;

  bool is_folder() const { return S_ISDIR(meta.st_mode); }
};

/// The tree behind PowerDisk, without FUSE: errors are negative errno values. One thread at a time.
class DiskTree {
 public:
  using Node = std::shared_ptr<DiskNode>;
  DiskTree();

  /// nullptr when there is none.
  Node find(const std::string& path) const;
  /// A new node of the mode at the path.
  int make(const std::string& path, mode_t mode, Node* made = nullptr);
  enum class What { file, folder };
  int remove(const std::string& path, What what);
  enum class Existing { refused, replaced };
  int rename(const std::string& from, const std::string& to, Existing existing);
  static int write(DiskNode& node, const char* bytes, std::size_t size, std::size_t at);
  static void resize(DiskNode& node, std::size_t size);
  static void sync(DiskNode& node);

  /// Everything becomes what the disk has; of unsynced pages each is kept with the chance.
  void forget(double kept, platform::Random& random);
  std::int64_t forgotten() const { return forgotten_; }

 private:
  Node folder_of(const std::string& path, std::string& name) const;
  void forget(DiskNode& node, double kept, platform::Random& random);

  Node root_;
  std::uint64_t next_ = 1;
  std::int64_t forgotten_ = 0;
};

}  // namespace fieldsync::tests
