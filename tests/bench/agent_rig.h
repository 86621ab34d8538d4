#pragma once

#include <map>
#include <memory>
#include <string>

#include "platform/base/value.h"
#include "platform/child_process.h"
#include "tests/bench/work_folder.h"

/// The real programs as processes of their own, and what the system counts of them.
namespace fieldsync::bench {

/// What /proc tells of a process.
struct Usage {
  double resident_mb = 0;
  double own_mb = 0;  ///< of it, not shared with other programs as code of libraries is
  double resident_peak_mb = 0;
  double cpu_seconds = 0;
  int threads = 0;
  std::map<int, std::int64_t> wakeups;  ///< voluntary switches by thread
};
Usage usage_of(std::int64_t pid);
/// Of all threads that live at the end.
std::int64_t wakeups_between(const Usage& before, const Usage& after);

void pause_seconds(double seconds);

/// A sandbox with one of its projects, and an agent that is logged in to it and follows it.
class AgentRig {
 public:
  /// `size` is small or large; `tools` as the config file has them, in quotes.
  explicit AgentRig(const std::string& size = "small",
                    const std::string& tools = "\"drawings\", \"photos\", \"rfis\", \"notes\"");
  ~AgentRig();
  AgentRig(const AgentRig&) = delete;
  AgentRig& operator=(const AgentRig&) = delete;

  std::string state() const { return folder_ / "state"; }
  std::string project() const;
  /// Runs `fieldsync run` until the rig ends; seconds until it was ready. Stops the program when it
  /// does not get ready.
  double start_agent();
  /// Asks it to stop; seconds until it had ended.
  double stop_agent();
  std::int64_t agent_pid() const { return agent_->pid(); }
  /// `fieldsync ARGUMENTS`; what it printed. Stops the program when it fails.
  std::string command(const std::string& arguments, const std::string& input = "");

 private:
  void write_config(const std::string& tools) const;

  WorkFolder folder_;
  std::unique_ptr<platform::ChildProcess> sandbox_;
  std::unique_ptr<platform::ChildProcess> agent_;
  base::Document access_;
};

}  // namespace fieldsync::bench
