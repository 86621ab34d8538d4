#include "tests/sim/sim_disk.h"

#include <algorithm>

#include "platform/base/text.h"
#include "tests/sim/sim_vfs.h"

namespace fieldsync::sim {

using base::ByteCount;
using base::Cause;
using base::Failure;
using platform::FileType;
using platform::parent_of;

// --- Inode ---------------------------------------------------------------------------------------

void Inode::remember(ByteCount from, ByteCount to) {
  to = std::min(to, durable_size_);
  for (ByteCount sector = from / kSector; sector * kSector < to; ++sector) {
    const auto [entry, fresh] = durable_.try_emplace(sector);
    if (!fresh) continue;
    const auto at = static_cast<std::size_t>(sector * kSector);
    if (at < bytes_.size()) entry->second = bytes_.substr(at, kSector);
  }
}

namespace {
/// What the log of a small world takes.
constexpr std::size_t kRoom = 256 << 10;
}  // namespace

void Inode::write(ByteCount at, std::string_view data) {
  const ByteCount end = at + static_cast<ByteCount>(data.size());
  remember(at, end);
  // Files that are written bit by bit, as a database's log, would move each time they grow.
  const auto needed = static_cast<std::size_t>(end);
  if (at > 0 && needed > bytes_.capacity()) bytes_.reserve(std::max(2 * needed, kRoom));
  if (at == static_cast<ByteCount>(bytes_.size())) {
    bytes_.append(data);
    return;
  }
  if (end > static_cast<ByteCount>(bytes_.size())) bytes_.resize(static_cast<std::size_t>(end));
  bytes_.replace(static_cast<std::size_t>(at), data.size(), data);
}

void Inode::truncate(ByteCount size) {
  if (size < static_cast<ByteCount>(bytes_.size())) {
    remember(size, static_cast<ByteCount>(bytes_.size()));
  }
  bytes_.resize(static_cast<std::size_t>(size));
}

void Inode::sync() {
  durable_.clear();
  durable_size_ = static_cast<ByteCount>(bytes_.size());
}

void Inode::lose_power(platform::Random& random) {
  const auto size = static_cast<ByteCount>(bytes_.size());
  const ByteCount kept = size == durable_size_ ? size
                                               : random.between(std::min(size, durable_size_),
                                                                std::max(size, durable_size_));
  bytes_.resize(static_cast<std::size_t>(std::max(kept, size)), '\0');
  for (ByteCount sector = (durable_size_ + kSector - 1) / kSector; sector * kSector < size;
       ++sector) {
    durable_.try_emplace(sector);
  }
  for (const auto& [sector, old] : durable_) {
    const auto at = static_cast<std::size_t>(sector * kSector);
    if (at >= bytes_.size()) continue;
    const std::size_t length = std::min<std::size_t>(kSector, bytes_.size() - at);
    std::string before = old;
    before.resize(length, '\0');
    switch (random.below(3)) {
      case 0:
        break;  // kept
      case 1:
        bytes_.replace(at, length, before);
        break;
      default: {
        const auto torn = random.below(length + 1);
        bytes_.replace(at + torn, length - torn, before, torn);
      }
    }
  }
  bytes_.resize(static_cast<std::size_t>(kept));
  sync();
}

// --- SimDisk -------------------------------------------------------------------------------------

namespace {

class SimFile final : public platform::File {
 public:
  SimFile(SimDisk& disk, std::shared_ptr<Inode> inode, base::Path path)
      : disk_(disk), inode_(std::move(inode)), path_(std::move(path)) {}

  base::Result<std::string> read_at(ByteCount offset, ByteCount size) override {
    TRY(check(DiskCall::read));
    const std::string& bytes = inode_->bytes();
    if (offset >= static_cast<ByteCount>(bytes.size())) return std::string();
    return bytes.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
  }
  base::Result<> append(std::string_view bytes) override {
    TRY(check(DiskCall::write));
    if (!disk_.has_room(static_cast<ByteCount>(bytes.size()))) {
      return Failure{Cause::disk_low, path_ + ": no space left"};
    }
    inode_->write(static_cast<ByteCount>(inode_->bytes().size()), bytes);
    inode_->modified = disk_.clock().wall();
    return base::Done{};
  }
  base::Result<> sync() override {
    TRY(check(DiskCall::sync));
    inode_->sync();
    return base::Done{};
  }
  base::Result<ByteCount> size() override { return static_cast<ByteCount>(inode_->bytes().size()); }

 private:
  base::Result<> check(DiskCall call) {
    switch (disk_.meet(call)) {
      case DiskFault::none:
        return base::Done{};
      case DiskFault::full:
        return Failure{Cause::disk_low, path_ + ": no space left"};
      case DiskFault::io_error:
        return Failure{Cause::disk_error, path_ + ": input/output error"};
    }
    return base::Done{};
  }

  SimDisk& disk_;
  std::shared_ptr<Inode> inode_;
  base::Path path_;
};

template <class Paths>
class SimLock final : public platform::FileLock {
 public:
  SimLock(Paths& locks, base::Path path) : locks_(locks), path_(std::move(path)) {
    locks_.insert(path_);
  }
  ~SimLock() override { locks_.erase(path_); }

 private:
  Paths& locks_;
  base::Path path_;
};

Failure missing(const base::Path& path) {
  return Failure{Cause::file_unreadable, path + ": there is no such file"};
}

}  // namespace

bool SimDisk::ByName::operator()(const Path& a, const Path& b) const {
  switch (names) {
    case Names::exact:
      return a < b;
    case Names::fold_case:
      return base::to_lower_ascii(a) < base::to_lower_ascii(b);
  }
  FS_CHECK(false);
}

bool SimDisk::is_same(std::string_view a, std::string_view b) const {
  return rule_ == Names::exact ? a == b : base::to_lower_ascii(a) == base::to_lower_ascii(b);
}

bool SimDisk::is_inside(const Path& path, const Path& folder) const {
  return path.size() > folder.size() && path[folder.size()] == '/' &&
         is_same(std::string_view(path).substr(0, folder.size()), folder);
}

struct SimDisk::Vfs {
  explicit Vfs(SimDisk& disk) : vfs(disk) {}
  SimVfs vfs;
};

SimDisk::SimDisk(const platform::Clock& clock, platform::Random random, Names names)
    : clock_(clock), random_(random), rule_(names), vfs_(std::make_unique<Vfs>(*this)) {}
SimDisk::~SimDisk() = default;
const std::string& SimDisk::vfs_name() const { return vfs_->vfs.name(); }

DiskFault SimDisk::meet(DiskCall call) {
  if (power_ == Power::off) return DiskFault::io_error;
  ++calls_;
  if (call == DiskCall::sync || call == DiskCall::sync_folder) ++syncs_;
  return fault ? fault(call) : DiskFault::none;
}

base::Result<> SimDisk::try_call(DiskCall call, const Path& path) {
  switch (meet(call)) {
    case DiskFault::none:
      return base::Done{};
    case DiskFault::full:
      return Failure{Cause::disk_low, path + ": no space left"};
    case DiskFault::io_error:
      return Failure{Cause::disk_error, path + ": input/output error"};
  }
  return base::Done{};
}

SimDisk::Image SimDisk::image() const {
  Image image;
  for (const auto& [path, inode] : names_) image.emplace(path, inode->bytes());
  return image;
}

void SimDisk::load(const Image& image) {
  for (const auto& [path, bytes] : image) {
    (void)make_folder(parent_of(path));
    const auto inode = make(path);
    inode->write(0, bytes);
    inode->sync();
    make_names_durable(parent_of(path));
  }
}

void SimDisk::power_on() {
  for (const NameChange& change : pending_) {
    const bool source_there = change.from.empty() || durable_names_.contains(change.from);
    if (source_there && random_.chance(0.5)) apply(durable_names_, change);
  }
  pending_.clear();
  names_ = durable_names_;
  std::set<Inode*> seen;
  for (const auto& [path, inode] : names_) {
    if (seen.insert(inode.get()).second) inode->lose_power(random_);
  }
  locks_.clear();
  power_ = Power::on;
}

void SimDisk::process_begins() {
  locks_.clear();
  power_ = Power::on;
}

void SimDisk::apply(Files& names, const NameChange& change) {
  if (!change.from.empty()) names.erase(change.from);
  if (change.to.empty()) return;
  names.erase(change.to);
  names.emplace(change.to, change.inode);
}

void SimDisk::change_names(NameChange change) {
  apply(names_, change);
  pending_.push_back(std::move(change));
}

void SimDisk::make_names_durable(const Path& folder) {
  std::vector<NameChange> rest;
  for (NameChange& change : pending_) {
    const bool here = (!change.from.empty() && is_same(parent_of(change.from), folder)) ||
                      (!change.to.empty() && is_same(parent_of(change.to), folder));
    if (here) {
      apply(durable_names_, change);
    } else {
      rest.push_back(std::move(change));
    }
  }
  pending_ = std::move(rest);
}

std::shared_ptr<Inode> SimDisk::find(const Path& path) const {
  const auto found = names_.find(path);
  return found == names_.end() ? nullptr : found->second;
}

std::shared_ptr<Inode> SimDisk::make(const Path& path) {
  auto inode = std::make_shared<Inode>();
  inode->modified = clock_.wall();
  change_names({"", path, inode});
  return inode;
}

void SimDisk::forget(const Path& path) {
  if (names_.contains(path)) change_names({path, "", nullptr});
}

bool SimDisk::has_room(ByteCount more) const {
  if (capacity == kUnlimited) return true;
  ByteCount used = 0;
  for (const auto& [path, inode] : names_) used += static_cast<ByteCount>(inode->bytes().size());
  return used + more <= capacity;
}

base::Result<platform::FileInfo> SimDisk::info(const Path& path) {
  if (power_ == Power::off) return Failure{Cause::disk_error, path + ": the power is off"};
  if (folders_.contains(path)) return platform::FileInfo{FileType::folder, 0, {}};
  const auto inode = find(path);
  if (!inode) return platform::FileInfo{};
  return platform::FileInfo{FileType::file, static_cast<ByteCount>(inode->bytes().size()),
                            inode->modified};
}

base::Result<std::unique_ptr<platform::File>> SimDisk::open_read(const Path& path) {
  TRY(try_call(DiskCall::read, path));
  auto inode = find(path);
  if (!inode) return missing(path);
  return std::unique_ptr<platform::File>(std::make_unique<SimFile>(*this, std::move(inode), path));
}

base::Result<std::unique_ptr<platform::File>> SimDisk::create(const Path& path, Access) {
  TRY(try_call(DiskCall::create, path));
  if (find(path)) return Failure{Cause::file_unreadable, path + ": exists already"};
  if (!folders_.contains(parent_of(path))) return missing(parent_of(path));
  return std::unique_ptr<platform::File>(std::make_unique<SimFile>(*this, make(path), path));
}

base::Result<> SimDisk::rename(const Path& from, const Path& to) {
  TRY(try_call(DiskCall::rename, from));
  auto inode = find(from);
  if (!inode) return missing(from);
  if (!folders_.contains(parent_of(to))) return missing(parent_of(to));
  change_names({from, to, std::move(inode)});
  return base::Done{};
}

base::Result<> SimDisk::remove(const Path& path) {
  TRY(try_call(DiskCall::remove, path));
  forget(path);
  return base::Done{};
}

base::Result<> SimDisk::remove_tree(const Path& path) {
  TRY(try_call(DiskCall::remove, path));
  std::vector<Path> inside;
  for (const auto& [name, inode] : names_) {
    if (is_same(name, path) || is_inside(name, path)) inside.push_back(name);
  }
  for (const Path& name : inside) forget(name);
  std::erase_if(folders_, [&](const Path& f) { return is_same(f, path) || is_inside(f, path); });
  return base::Done{};
}

base::Result<> SimDisk::make_folder(const Path& path) {
  if (power_ == Power::off) return Failure{Cause::disk_error, path + ": the power is off"};
  for (Path folder = path; folder != "/" && folder != "."; folder = parent_of(folder)) {
    folders_.insert(folder);
  }
  return base::Done{};
}

base::Result<std::vector<std::string>> SimDisk::list(const Path& path) {
  if (power_ == Power::off) return Failure{Cause::disk_error, path + ": the power is off"};
  if (!folders_.contains(path)) return missing(path);
  std::set<std::string> found;
  const auto add = [&](const Path& name) {
    if (is_inside(name, path) && is_same(parent_of(name), path))
      found.insert(name.substr(path.size() + 1));
  };
  for (const auto& [name, inode] : names_) add(name);
  for (const Path& folder : folders_) add(folder);
  return std::vector<std::string>(found.begin(), found.end());
}

base::Result<> SimDisk::sync_folder(const Path& path) {
  TRY(try_call(DiskCall::sync_folder, path));
  make_names_durable(path);
  return base::Done{};
}

base::Result<ByteCount> SimDisk::free_space(const Path&) {
  ByteCount used = 0;
  for (const auto& [path, inode] : names_) used += static_cast<ByteCount>(inode->bytes().size());
  return std::max<ByteCount>(0, capacity - used);
}

base::Result<> SimDisk::clone(const Path& from, const Path&) {
  return Failure{Cause::disk_error, from + ": this disk shares no blocks"};
}

base::Result<std::unique_ptr<platform::FileLock>> SimDisk::lock(const Path& path) {
  if (locks_.contains(path)) return Failure{Cause::already_running, path + " is held"};
  return std::unique_ptr<platform::FileLock>(std::make_unique<SimLock<Paths>>(locks_, path));
}

}  // namespace fieldsync::sim
