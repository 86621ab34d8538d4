#pragma once

#include <memory>

#include "agent/app/agent.h"
#include "platform/file_system.h"

namespace fieldsync::platform {
class ThreadLoop;
}

namespace fieldsync::app {

/// The real machine around one agent: the state folder with its lock held, clock, loop, log,
/// workers, curl. The agent is opened by it and destroyed before all of them.
class Machine {
 public:
  /// Where the log goes: all of it to the file; besides, all of it to stderr, or what matters to
  /// the system's journal.
  enum class LogTo { file_only, file_and_stderr, file_and_journal };
  /// Makes the state folder if needed, and locks it: already_running when somebody else has it.
  static base::Result<std::unique_ptr<Machine>> open(const Config& config, LogTo log_to);
  ~Machine();

  /// The network may be another one now: the data plan and the rate of sending follow it.
  void look_at_network();
  Agent& agent();
  platform::ThreadLoop& loop();
  platform::FileSystem& files();
  base::Log& log();

 private:
  struct Parts;
  explicit Machine(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace fieldsync::app
