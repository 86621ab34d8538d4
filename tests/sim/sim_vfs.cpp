#include "tests/sim/sim_vfs.h"

#include <sqlite3.h>

#include <atomic>
#include <cstring>
#include <new>

#include "tests/sim/sim_disk.h"

namespace fieldsync::sim {

struct SimVfs::State {
  sqlite3_vfs vfs{};
  std::string name;
};

namespace {

struct OpenFile {
  sqlite3_file base;
  SimDisk* disk;
  std::shared_ptr<Inode> inode;
  std::string path;
  int flags;
  /// A journal's name is made durable with its first sync, as SQLite's own VFS does.
  enum class Name { settled, fresh } name;
};

OpenFile& self(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }
SimDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<SimDisk*>(vfs->pAppData); }

int code_of(DiskFault fault, int io_code) {
  switch (fault) {
    case DiskFault::none:
      return SQLITE_OK;
    case DiskFault::full:
      return SQLITE_FULL;
    case DiskFault::io_error:
      return io_code;
  }
  return io_code;
}

int close(sqlite3_file* file) {
  OpenFile& f = self(file);
  if (f.flags & SQLITE_OPEN_DELETEONCLOSE) f.disk->forget(f.path);
  f.~OpenFile();
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  OpenFile& f = self(file);
  if (const int code = code_of(f.disk->meet(DiskCall::read), SQLITE_IOERR_READ)) return code;
  const std::string& bytes = f.inode->bytes();
  const auto have = std::max<sqlite3_int64>(
      0, std::min<sqlite3_int64>(size, static_cast<sqlite3_int64>(bytes.size()) - at));
  if (have > 0) std::memcpy(to, bytes.data() + at, static_cast<std::size_t>(have));
  if (have == size) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + have, 0, static_cast<std::size_t>(size - have));
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  OpenFile& f = self(file);
  if (const int code = code_of(f.disk->meet(DiskCall::write), SQLITE_IOERR_WRITE)) return code;
  const auto growth = at + size - static_cast<sqlite3_int64>(f.inode->bytes().size());
  if (growth > 0 && !f.disk->has_room(growth)) return SQLITE_FULL;
  f.inode->write(at, {static_cast<const char*>(from), static_cast<std::size_t>(size)});
  f.inode->modified = f.disk->clock().wall();
  return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  OpenFile& f = self(file);
  if (const int code = code_of(f.disk->meet(DiskCall::truncate), SQLITE_IOERR_TRUNCATE)) {
    return code;
  }
  f.inode->truncate(size);
  return SQLITE_OK;
}

int sync(sqlite3_file* file, int) {
  OpenFile& f = self(file);
  if (const int code = code_of(f.disk->meet(DiskCall::sync), SQLITE_IOERR_FSYNC)) return code;
  f.inode->sync();
  if (f.name == OpenFile::Name::fresh) {
    f.disk->make_names_durable(platform::parent_of(f.path));
    f.name = OpenFile::Name::settled;
  }
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(self(file).inode->bytes().size());
  return SQLITE_OK;
}

// One process has the disk to itself: the world never opens a database twice.
int lock(sqlite3_file*, int) { return SQLITE_OK; }
int check_lock(sqlite3_file*, int* held) {
  *held = 0;
  return SQLITE_OK;
}
int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4'096; }
int device(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

const sqlite3_io_methods kMethods = {1,       close,       read,    write,   truncate,
                                     sync,    file_size,   lock,    lock,    check_lock,
                                     control, sector_size, device,  nullptr, nullptr,
                                     nullptr, nullptr,     nullptr, nullptr};

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  SimDisk& disk = disk_of(vfs);
  std::memset(static_cast<void*>(file), 0, sizeof(sqlite3_file));
  const std::string name = path ? path : "/temporary-" + std::to_string(disk.calls());
  auto inode = disk.find(name);
  if (!inode) {
    if (!(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
    if (const int code = code_of(disk.meet(DiskCall::create), SQLITE_CANTOPEN)) return code;
    inode = disk.make(name);
  }
  constexpr int kJournals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
  const bool is_journal = (flags & SQLITE_OPEN_CREATE) && (flags & kJournals);
  const auto state = is_journal ? OpenFile::Name::fresh : OpenFile::Name::settled;
  new (file) OpenFile{{&kMethods}, &disk, std::move(inode), name, flags, state};
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  SimDisk& disk = disk_of(vfs);
  if (const int code = code_of(disk.meet(DiskCall::remove), SQLITE_IOERR_DELETE)) return code;
  if (!disk.find(path)) return SQLITE_IOERR_DELETE_NOENT;
  disk.forget(path);
  if (sync_folder) disk.make_names_durable(platform::parent_of(path));
  return SQLITE_OK;
}

int access(sqlite3_vfs* vfs, const char* path, int, int* found) {
  const auto inode = disk_of(vfs).find(path);
  // As SQLite's own: an empty file counts as absent.
  *found = inode && !inode->bytes().empty() ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int size, char* out) {
  for (int i = 0; i < size; ++i) out[i] = static_cast<char>(disk_of(vfs).random().below(256));
  return size;
}
int sleep(sqlite3_vfs*, int micros) { return micros; }
int current_time(sqlite3_vfs* vfs, sqlite3_int64* out) {
  constexpr sqlite3_int64 kUnixEpoch = 210'866'760'000'000;  // in Julian milliseconds
  *out = kUnixEpoch + disk_of(vfs).clock().wall().since_epoch.count();
  return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

SimVfs::SimVfs(SimDisk& disk) : state_(std::make_unique<State>()) {
  static std::atomic<int> next_number{0};
  state_->name = "sim-" + std::to_string(++next_number);
  sqlite3_vfs& vfs = state_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(OpenFile);
  vfs.mxPathname = 512;
  vfs.zName = state_->name.c_str();
  vfs.pAppData = &disk;
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTimeInt64 = current_time;
  vfs.xGetLastError = last_error;
  sqlite3_vfs_register(&vfs, 0);
}

SimVfs::~SimVfs() { sqlite3_vfs_unregister(&state_->vfs); }
const std::string& SimVfs::name() const { return state_->name; }

}  // namespace fieldsync::sim
