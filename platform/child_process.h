#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/base/result.h"
#include "platform/base/types.h"

/// Other processes of our own: `fieldsync try` and the end-to-end tests start the sandbox and the
/// agent, and kill them.
namespace fieldsync::platform {

struct ChildOptions {
  base::Path program;
  std::vector<std::string> arguments;  ///< without the program's name
  base::Path output;                   ///< stdout and stderr go to this file; empty: inherited
};

class ChildProcess {
 public:
  virtual ~ChildProcess() = default;  ///< kills it if it still runs, and reaps it
  virtual std::int64_t pid() const = 0;
  /// Asks it to stop (SIGTERM, or CTRL_BREAK).
  virtual void ask_to_stop() = 0;
  /// Ends it at once, as a power cut would (SIGKILL, TerminateProcess).
  virtual void kill() = 0;
  /// Its exit code once it has ended (128 + signal when killed); nothing while it runs.
  virtual std::optional<int> poll() = 0;
  /// Waits for its end, at most `limit`.
  virtual std::optional<int> wait(base::Millis limit) = 0;
};

base::Result<std::unique_ptr<ChildProcess>> start_child(const ChildOptions& options);
/// The running program's own path.
base::Path own_program();

}  // namespace fieldsync::platform
