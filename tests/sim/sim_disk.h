#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "platform/clock.h"
#include "platform/file_system.h"
#include "platform/random.h"

namespace fieldsync::sim {

/// What a disk is asked to do; each may fail by the disk's `fault`.
enum class DiskCall { read, write, truncate, sync, create, rename, remove, sync_folder };
enum class DiskFault { none, full, io_error };

/// The bytes of one file, and of each sector that was written since the last sync what the medium
/// still holds.
class Inode {
 public:
  static constexpr base::ByteCount kSector = 512;

  const std::string& bytes() const { return bytes_; }
  void write(base::ByteCount at, std::string_view data);
  void truncate(base::ByteCount size);
  void sync();
  /// Each unsynced sector is kept, lost or torn; an unsynced end is anywhere between.
  void lose_power(platform::Random& random);

  base::WallTime modified{};

 private:
  void remember(base::ByteCount from, base::ByteCount to);

  std::string bytes_;
  base::ByteCount durable_size_ = 0;  ///< of what lies behind, the medium holds nothing
  /// Sectors written since the last sync, by number: what the medium holds.
  std::map<base::ByteCount, std::string> durable_;
};

/// A disk in memory that forgets at a power cut what was not synced: contents sector by sector,
/// names call by call unless their folder was synced. SQLite reaches it through a VFS of the name
/// `vfs_name`. One thread.
class SimDisk final : public platform::FileSystem {
 public:
  using Path = platform::Path;
  template <class T = base::Done>
  using Result = base::Result<T>;

  /// fold_case: names that differ by the case of their letters are one, as on NTFS and exFAT; it
  /// is shown as it was written last.
  enum class Names { exact, fold_case };
  SimDisk(const platform::Clock& clock, platform::Random random, Names names = Names::exact);
  ~SimDisk() override;
  const std::string& vfs_name() const;

  /// Everything fails from now on, as for a process that is being killed, until `power_on`.
  void power_off() { power_ = Power::off; }
  /// What was not durable is kept, lost or torn; then the disk works again.
  void power_on();
  /// The process that failed is gone, the machine lived on: nothing is lost.
  void process_begins();
  bool is_off() const { return power_ == Power::off; }

  /// Every file with its bytes, and a disk that holds just those, durable.
  using Image = std::map<Path, std::string>;
  Image image() const;
  void load(const Image& image);

  /// Asked before each call; none when unset.
  std::function<DiskFault(DiskCall)> fault;
  static constexpr base::ByteCount kUnlimited = base::ByteCount{1} << 40;
  base::ByteCount capacity = kUnlimited;
  std::uint64_t calls() const { return calls_; }
  std::uint64_t syncs() const { return syncs_; }

  // What the VFS needs.
  DiskFault meet(DiskCall call);
  std::shared_ptr<Inode> find(const Path& path) const;
  std::shared_ptr<Inode> make(const Path& path);
  void forget(const Path& path);
  void make_names_durable(const Path& folder);
  bool has_room(base::ByteCount more) const;
  platform::Random& random() { return random_; }
  const platform::Clock& clock() const { return clock_; }

  // platform::FileSystem
  Result<platform::FileInfo> info(const Path& path) override;
  Result<std::unique_ptr<platform::File>> open_read(const Path& path) override;
  Result<std::unique_ptr<platform::File>> create(const Path& path, Access access) override;
  Result<> rename(const Path& from, const Path& to) override;
  Result<> remove(const Path& path) override;
  Result<> remove_tree(const Path& path) override;
  Result<> make_folder(const Path& path) override;
  Result<std::vector<std::string>> list(const Path& path) override;
  Result<> sync_folder(const Path& path) override;
  Result<base::ByteCount> free_space(const Path& path) override;
  Result<> clone(const Path& from, const Path& to) override;
  Result<std::unique_ptr<platform::FileLock>> lock(const Path& path) override;

 private:
  struct ByName {
    Names names;
    bool operator()(const Path& a, const Path& b) const;
  };
  using Files = std::map<Path, std::shared_ptr<Inode>, ByName>;
  using Paths = std::set<Path, ByName>;
  /// A change of names that the medium may not have yet.
  struct NameChange {
    Path from;  ///< the name that goes; empty: none
    Path to;    ///< the name that comes; empty: none
    std::shared_ptr<Inode> inode;
  };
  static void apply(Files& names, const NameChange& change);
  bool is_same(std::string_view a, std::string_view b) const;
  bool is_inside(const Path& path, const Path& folder) const;
  void change_names(NameChange change);
  base::Result<> try_call(DiskCall call, const Path& path);

  const platform::Clock& clock_;
  platform::Random random_;
  enum class Power { on, off } power_ = Power::on;
  const Names rule_;
  Files names_{ByName{rule_}};
  Files durable_names_{ByName{rule_}};
  std::vector<NameChange> pending_;
  Paths folders_{{"/"}, ByName{rule_}};
  Paths locks_{ByName{rule_}};
  std::uint64_t calls_ = 0, syncs_ = 0;
  struct Vfs;
  std::unique_ptr<Vfs> vfs_;
};

}  // namespace fieldsync::sim
