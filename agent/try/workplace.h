#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/cli/surroundings.h"
#include "agent/try/sandbox_control.h"
#include "platform/child_process.h"
#include "platform/file_system.h"

namespace fieldsync::trial {

struct WorkplaceOptions {
  Path folder;     ///< of its own; made if needed
  Path fieldsync;  ///< the programs
  Path sandbox;
  std::vector<std::string> sandbox_arguments;  ///< besides the folder and the ready file
  /// The agent's state; empty: `folder`/state.
  Path state;
  /// More lines of the config file, after the remote's section.
  std::string config_lines;
};

/// What one command said.
struct Said {
  int exit_code = 0;
  std::string out;
  std::string err;
  Value json;  ///< of `out`; null when that is no JSON
  const Document& document() const;
  const base::List& list() const;
};

/// A site machine and a service in one folder: the sandbox and the agent as processes of their own,
/// a config that joins them, and the command line in between. One thread. The destructor ends both
/// processes.
class Workplace {
 public:
  /// Starts the sandbox and writes the config.
  static Result<std::unique_ptr<Workplace>> open(const WorkplaceOptions& options,
                                                 const Waiting& waiting);
  ~Workplace();

  SandboxControl& sandbox() { return *sandbox_; }
  /// What the sandbox said at its start: api_url, company, project, client_secret, ….
  const Document& access() const { return access_; }
  std::string project() const { return plain(access_, "project"); }
  const Path& folder() const { return options_.folder; }
  const Path& state() const { return options_.state; }
  const Path& config_file() const { return config_file_; }
  const Path& agent_output() const { return agent_output_; }
  const Waiting& waiting() const { return waiting_; }
  platform::FileSystem& files() { return *files_; }

  Result<> log_in();
  Result<> follow();

  /// `fieldsync run` as a process; answers when this returns.
  Result<> start_agent();
  /// Ends it as a power cut would. No effect when none runs.
  void kill_agent();
  /// Asks it to end in order.
  Result<> stop_agent();
  bool agent_runs() const { return agent_ != nullptr && !agent_->poll(); }
  std::int64_t agent_pid() const { return agent_ ? agent_->pid() : 0; }
  std::int64_t sandbox_pid() const { return sandbox_process_ ? sandbox_process_->pid() : 0; }

  /// One command of the command line with --json, in this process; through the agent when one runs.
  Said command(const std::vector<std::string>& arguments);
  /// The same; a Failure with what it said unless it ends with 0 (or 3: a person is needed).
  Result<Said> must(const std::vector<std::string>& arguments);
  /// The answer of `status`.
  Result<Document> status();
  /// A direct session with the running agent.
  Result<std::unique_ptr<cli::Session>> session();

  /// The processes go on when this ends.
  void leave_running();

 private:
  Workplace(const WorkplaceOptions& options, const Waiting& waiting);
  static std::string plain(const Document& document, std::string_view name);
  Result<> start_sandbox();
  Result<> write_config();
  Result<> wait_ready(platform::ChildProcess& process, const Path& ready_file,
                      const std::string& what, const Path& output);
  int run(const std::vector<std::string>& arguments, Said& said);

  WorkplaceOptions options_;
  const Waiting& waiting_;
  std::unique_ptr<platform::FileSystem> files_;
  Path config_file_, agent_output_;
  Document access_;
  std::unique_ptr<platform::ChildProcess> sandbox_process_, agent_;
  std::unique_ptr<SandboxControl> sandbox_;
};

/// The last bytes of a text file, for a message; "" when it cannot be read.
std::string tail_of(platform::FileSystem& files, const Path& path);

}  // namespace fieldsync::trial
