#pragma once

#include <memory>
#include <string>

namespace fieldsync::sim {

class SimDisk;

/// SQLite's way onto a SimDisk. Registered while alive. Without shared memory, so that WAL works
/// only with an exclusive lock. Chance, time and sleep come from the disk's world.
class SimVfs {
 public:
  explicit SimVfs(SimDisk& disk);
  ~SimVfs();
  SimVfs(const SimVfs&) = delete;
  SimVfs& operator=(const SimVfs&) = delete;
  const std::string& name() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fieldsync::sim
