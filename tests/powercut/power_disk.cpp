#define FUSE_USE_VERSION 31

#include "tests/powercut/power_disk.h"

#include <fcntl.h>
#include <fuse3/fuse.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

#include "tests/powercut/disk_tree.h"

namespace fieldsync::tests {
namespace {

/// The tree, the lock around it, and the switch.
class FusePowerDisk : public PowerDisk {
 public:
  explicit FusePowerDisk(std::string folder) : folder_(std::move(folder)) {}
  ~FusePowerDisk() override { unmount(); }

  bool start(std::string& reason);
  void unmount();

  void cut_after(std::int64_t changes) override { left_ = changes; }
  bool is_cut() const override { return left_ < 0; }
  bool restore(Unsynced unsynced, std::uint64_t seed) override;
  std::int64_t forgotten() const override { return tree_.forgotten(); }

  /// Does one operation while there is power: `change` counts, other operations do not.
  enum class Counts { no, yes };
  template <class Do>
  int powered(Counts counts, Do&& act) {
    const std::scoped_lock lock(mutex_);
    if (is_cut()) return -EIO;
    if (counts == Counts::yes && --left_ < 0) return -EIO;
    return act(tree_);
  }
  /// The same on the node at the path, or on the open one.
  template <class Do>
  int on(Counts counts, const char* path, const fuse_file_info* info, Do&& act) {
    return powered(counts, [&](DiskTree& tree) {
      const DiskTree::Node node = info && info->fh ? open_.at(info->fh) : tree.find(path);
      return node ? act(*node) : -ENOENT;
    });
  }
  /// Within powered().
  void opened(DiskTree::Node node, fuse_file_info* info) {
    info->fh = ++handles_;
    open_.emplace(info->fh, std::move(node));
  }
  void closed(const fuse_file_info* info) {
    const std::scoped_lock lock(mutex_);
    open_.erase(info->fh);
  }

 private:
  const std::string folder_;
  std::mutex mutex_;
  DiskTree tree_;
  std::uint64_t handles_ = 0;
  std::map<std::uint64_t, DiskTree::Node> open_;  ///< of a killed program nobody closes them
  std::atomic<std::int64_t> left_ = INT64_MAX;
  fuse* fuse_ = nullptr;
  std::thread thread_;
};

using Counts = FusePowerDisk::Counts;

FusePowerDisk& self() { return *static_cast<FusePowerDisk*>(fuse_get_context()->private_data); }

void* begin(fuse_conn_info*, fuse_config* config) {
  // Open files outlive their names, and nothing is remembered on our behalf.
  config->hard_remove = 1;
  config->nullpath_ok = 1;
  config->use_ino = 1;
  config->attr_timeout = config->entry_timeout = config->negative_timeout = 0;
  return fuse_get_context()->private_data;
}

int get_meta(const char* path, struct stat* meta, fuse_file_info* info) {
  return self().on(Counts::no, path, info, [&](DiskNode& node) {
    *meta = node.meta;
    meta->st_size = static_cast<off_t>(node.now.size());
    meta->st_blocks = (meta->st_size + 511) / 512;
    meta->st_blksize = 4096;
    return 0;
  });
}

int open_at(const char* path, fuse_file_info* info) {
  return self().powered(Counts::no, [&](DiskTree& tree) {
    const DiskTree::Node node = tree.find(path);
    if (!node) return -ENOENT;
    if ((info->flags & O_TRUNC) != 0) DiskTree::resize(*node, 0);
    self().opened(node, info);
    return 0;
  });
}

int create_at(const char* path, mode_t mode, fuse_file_info* info) {
  return self().powered(Counts::yes, [&](DiskTree& tree) {
    DiskTree::Node node;
    if (const int failed = tree.make(path, mode, &node)) return failed;
    self().opened(std::move(node), info);
    return 0;
  });
}

int close_at(const char*, fuse_file_info* info) {
  self().closed(info);
  return 0;
}

int read_at(const char* path, char* to, std::size_t size, off_t at, fuse_file_info* info) {
  return self().on(Counts::no, path, info, [&](DiskNode& node) {
    const auto from = std::min(static_cast<std::size_t>(at), node.now.size());
    return static_cast<int>(node.now.copy(to, size, from));
  });
}

int write_at(const char* path, const char* bytes, std::size_t size, off_t at,
             fuse_file_info* info) {
  return self().on(Counts::yes, path, info, [&](DiskNode& node) {
    return DiskTree::write(node, bytes, size, static_cast<std::size_t>(at));
  });
}

int sync_at(const char* path, int, fuse_file_info* info) {
  return self().on(Counts::yes, path, info, [](DiskNode& node) {
    DiskTree::sync(node);
    return 0;
  });
}

int resize_at(const char* path, off_t size, fuse_file_info* info) {
  return self().on(Counts::yes, path, info, [&](DiskNode& node) {
    DiskTree::resize(node, static_cast<std::size_t>(size));
    return 0;
  });
}

int list_at(const char* path, void* to, fuse_fill_dir_t fill, off_t, fuse_file_info* info,
            fuse_readdir_flags) {
  return self().on(Counts::no, path, info, [&](DiskNode& node) {
    for (const char* name : {".", ".."}) fill(to, name, nullptr, 0, fuse_fill_dir_flags{});
    for (const auto& [name, child] : node.names) {
      fill(to, name.c_str(), &child->meta, 0, fuse_fill_dir_flags{});
    }
    return 0;
  });
}

int make_node(const char* path, mode_t mode, dev_t) {
  return self().powered(Counts::yes, [&](DiskTree& tree) { return tree.make(path, mode); });
}

int make_folder(const char* path, mode_t mode) { return make_node(path, mode | S_IFDIR, 0); }

int remove_file(const char* path) {
  return self().powered(Counts::yes,
                        [&](DiskTree& tree) { return tree.remove(path, DiskTree::What::file); });
}

int remove_folder(const char* path) {
  return self().powered(Counts::yes,
                        [&](DiskTree& tree) { return tree.remove(path, DiskTree::What::folder); });
}

int rename_at(const char* from, const char* to, unsigned flags) {
  if (flags > 1) return -EINVAL;  // 1: RENAME_NOREPLACE
  const auto existing = flags == 0 ? DiskTree::Existing::replaced : DiskTree::Existing::refused;
  return self().powered(Counts::yes,
                        [&](DiskTree& tree) { return tree.rename(from, to, existing); });
}

int set_mode(const char* path, mode_t mode, fuse_file_info* info) {
  return self().on(Counts::no, path, info, [&](DiskNode& node) {
    node.meta.st_mode = (node.meta.st_mode & S_IFMT) | (mode & ~S_IFMT);
    return 0;
  });
}

int set_owner(const char* path, uid_t, gid_t, fuse_file_info* info) {
  return self().on(Counts::no, path, info, [](DiskNode&) { return 0; });
}

int set_times(const char* path, const timespec times[2], fuse_file_info* info) {
  return self().on(Counts::no, path, info, [&](DiskNode& node) {
    node.meta.st_atim = times[0];
    node.meta.st_mtim = times[1];
    return 0;
  });
}

int tell_space(const char*, struct statvfs* space) {
  space->f_bsize = space->f_frsize = 4096;
  space->f_blocks = space->f_bfree = space->f_bavail = 1 << 20;
  space->f_namemax = 255;
  return 0;
}

fuse_operations operations() {
  fuse_operations made{};
  made.init = begin;
  made.getattr = get_meta;
  made.open = open_at;
  made.create = create_at;
  made.release = close_at;
  made.read = read_at;
  made.write = write_at;
  made.fsync = sync_at;
  made.truncate = resize_at;
  made.opendir = open_at;
  made.releasedir = close_at;
  made.readdir = list_at;
  made.fsyncdir = sync_at;
  made.mknod = make_node;
  made.mkdir = make_folder;
  made.unlink = remove_file;
  made.rmdir = remove_folder;
  made.rename = rename_at;
  made.chmod = set_mode;
  made.chown = set_owner;
  made.utimens = set_times;
  made.statfs = tell_space;
  return made;
}

bool FusePowerDisk::start(std::string& reason) {
  static const fuse_operations kOperations = operations();
  char program[] = "powerdisk";
  char* words[] = {program};
  fuse_args arguments = FUSE_ARGS_INIT(1, words);
  fuse_ = fuse_new(&arguments, &kOperations, sizeof kOperations, this);
  fuse_opt_free_args(&arguments);
  if (!fuse_) {
    reason = "fuse_new refused";
    return false;
  }
  if (fuse_mount(fuse_, folder_.c_str()) != 0) {
    reason = std::string("this machine does not let us mount FUSE: ") + std::strerror(errno);
    fuse_destroy(fuse_);
    fuse_ = nullptr;
    return false;
  }
  thread_ = std::thread([this] { fuse_loop(fuse_); });
  return true;
}

void FusePowerDisk::unmount() {
  if (!fuse_) return;
  // Forced: whatever is still asked fails, and the loop ends.
  ::umount2(folder_.c_str(), MNT_FORCE | MNT_DETACH);
  thread_.join();
  fuse_unmount(fuse_);
  fuse_destroy(fuse_);
  fuse_ = nullptr;
  open_.clear();
}

bool FusePowerDisk::restore(Unsynced unsynced, std::uint64_t seed) {
  left_ = -1;
  unmount();
  platform::Random random(seed);
  tree_.forget(unsynced == Unsynced::torn ? 0.5 : 0.0, random);
  left_ = INT64_MAX;
  std::string reason;
  return start(reason);
}

}  // namespace

std::unique_ptr<PowerDisk> PowerDisk::mount(const std::string& folder, std::string& reason) {
  if (::geteuid() != 0) {
    reason = "mounting needs root";
    return nullptr;
  }
  std::filesystem::create_directories(folder);
  auto disk = std::make_unique<FusePowerDisk>(folder);
  if (!disk->start(reason)) return nullptr;
  return disk;
}

}  // namespace fieldsync::tests
