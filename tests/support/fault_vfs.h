#pragma once

#include <cstdint>
#include <string>

namespace fieldsync::tests {

/// A SQLite VFS over the system's that fails on purpose. Register one per test; the name goes into
/// storage::DatabaseOptions::vfs. One thread.
class FaultVfs {
 public:
  enum class Fault { none, full, io_error };
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  const std::string& name() const;
  /// The `nth` write, truncation or sync from now on (1: the next) and every one after it fails,
  /// until `heal`.
  void fail_from(std::int64_t nth, Fault fault);
  /// Only the `nth` fails.
  void fail_once(std::int64_t nth, Fault fault);
  void heal();
  /// Write-ahead logs cannot be opened any more.
  void refuse_wal();
  std::int64_t writes_and_syncs() const;
  std::int64_t syncs() const;

  struct State;

 private:
  State* state_;
};

}  // namespace fieldsync::tests
