#include "tests/support/fault_vfs.h"

#include <sqlite3.h>

#include <atomic>

namespace fieldsync::tests {

struct FaultVfs::State {
  sqlite3_vfs vfs{};
  sqlite3_vfs* system = nullptr;
  std::string name;
  std::int64_t operations = 0;
  std::int64_t syncs = 0;
  std::int64_t fail_at = 0;  // 0: never
  enum class Times { every, once } times = Times::every;
  Fault fault = Fault::none;
  bool wal_refused = false;

  /// Whether the operation that starts now has to fail, and how.
  int next(int io_code) {
    ++operations;
    if (fail_at == 0 || operations < fail_at) return SQLITE_OK;
    if (times == Times::once) fail_at = 0;
    return fault == Fault::full ? SQLITE_FULL : io_code;
  }
};

namespace {

struct FaultFile {
  sqlite3_file base;
  FaultVfs::State* state;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

FaultFile* self(sqlite3_file* file) { return reinterpret_cast<FaultFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return self(file)->real(); }

int close(sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); }
int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
  return real(f)->pMethods->xRead(real(f), to, size, at);
}
int write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
  if (const int code = self(f)->state->next(SQLITE_IOERR_WRITE)) return code;
  return real(f)->pMethods->xWrite(real(f), from, size, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
  if (const int code = self(f)->state->next(SQLITE_IOERR_TRUNCATE)) return code;
  return real(f)->pMethods->xTruncate(real(f), size);
}
int sync(sqlite3_file* f, int flags) {
  ++self(f)->state->syncs;
  if (const int code = self(f)->state->next(SQLITE_IOERR_FSYNC)) return code;
  return real(f)->pMethods->xSync(real(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) {
  return real(f)->pMethods->xFileSize(real(f), size);
}
int lock(sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
int unlock(sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); }
int check_lock(sqlite3_file* f, int* held) {
  return real(f)->pMethods->xCheckReservedLock(real(f), held);
}
int control(sqlite3_file* f, int operation, void* argument) {
  return real(f)->pMethods->xFileControl(real(f), operation, argument);
}
int sector_size(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int device(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }

// Version 1: no shared memory, so WAL works only with an exclusive lock, as promised.
const sqlite3_io_methods kMethods = {1,       close,       read,    write,   truncate,
                                     sync,    file_size,   lock,    unlock,  check_lock,
                                     control, sector_size, device,  nullptr, nullptr,
                                     nullptr, nullptr,     nullptr, nullptr};

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* state = static_cast<FaultVfs::State*>(vfs->pAppData);
  FaultFile* fault_file = self(file);
  fault_file->base.pMethods = nullptr;
  fault_file->state = state;
  if (state->wal_refused && (flags & SQLITE_OPEN_WAL)) return SQLITE_CANTOPEN;
  const int code = state->system->xOpen(state->system, path, fault_file->real(), flags, out_flags);
  if (fault_file->real()->pMethods) fault_file->base.pMethods = &kMethods;
  return code;
}

}  // namespace

FaultVfs::FaultVfs() : state_(new State) {
  static std::atomic<int> next_number{0};
  state_->system = sqlite3_vfs_find(nullptr);
  state_->name = "fault-" + std::to_string(++next_number);
  state_->vfs = *state_->system;
  state_->vfs.pNext = nullptr;
  state_->vfs.zName = state_->name.c_str();
  state_->vfs.pAppData = state_;
  state_->vfs.szOsFile = static_cast<int>(sizeof(FaultFile)) + state_->system->szOsFile;
  state_->vfs.xOpen = open;
  sqlite3_vfs_register(&state_->vfs, 0);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&state_->vfs);
  delete state_;
}

const std::string& FaultVfs::name() const { return state_->name; }
void FaultVfs::fail_from(std::int64_t nth, Fault fault) {
  state_->fail_at = state_->operations + nth;
  state_->fault = fault;
  state_->times = State::Times::every;
}
void FaultVfs::fail_once(std::int64_t nth, Fault fault) {
  fail_from(nth, fault);
  state_->times = State::Times::once;
}
void FaultVfs::heal() { state_->fail_at = 0; }
void FaultVfs::refuse_wal() { state_->wal_refused = true; }
std::int64_t FaultVfs::writes_and_syncs() const { return state_->operations; }
std::int64_t FaultVfs::syncs() const { return state_->syncs; }

}  // namespace fieldsync::tests
