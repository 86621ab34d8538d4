#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "platform/child_process.h"
#include "platform/host.h"
#include "platform/posix/descriptor.h"
#include "platform/tuning.h"

extern char** environ;

namespace fieldsync::platform {
namespace {

class PosixChild final : public ChildProcess {
 public:
  explicit PosixChild(pid_t pid) : pid_(pid) {}

  ~PosixChild() override {
    if (poll()) return;
    kill();
    look(0);
  }

  std::int64_t pid() const override { return pid_; }
  void ask_to_stop() override { send(SIGTERM); }
  void kill() override { send(SIGKILL); }

  std::optional<int> poll() override {
    look(WNOHANG);
    return exit_code_;
  }

  std::optional<int> wait(base::Millis limit) override {
    const auto clock = make_system_clock();
    const base::Instant deadline = clock->now() + limit;
    while (!poll() && clock->now() < deadline) {
      const timespec pause{0, std::chrono::nanoseconds(tuning::kChildPoll).count()};
      nanosleep(&pause, nullptr);
    }
    return exit_code_;
  }

 private:
  /// Once reaped, the number may belong to a stranger: no signal goes there any more.
  void send(int signal) {
    if (!exit_code_) ::kill(pid_, signal);
  }

  void look(int flags) {
    if (exit_code_) return;
    int status = 0;
    const pid_t ended = posix::retried([&] { return ::waitpid(pid_, &status, flags); });
    if (ended == 0) return;
    if (ended < 0) {
      exit_code_ = 1;  // reaped by someone else: its end is all that is known
    } else {
      exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
  }

  pid_t pid_;
  std::optional<int> exit_code_;
};

/// The two settings objects of posix_spawn, freed with their owner.
struct SpawnSettings {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
  SpawnSettings() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }

  /// The child begins with no signal blocked and none ignored, whatever we have set for ourselves.
  void reset_signals() {
    sigset_t none;
    sigset_t ours;
    sigemptyset(&none);
    sigemptyset(&ours);
    for (const int signal : {SIGPIPE, SIGTERM, SIGINT, SIGHUP}) sigaddset(&ours, signal);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &ours);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }

  void redirect(const base::Path& output) {
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (output.empty()) return;
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  }
};

}  // namespace

base::Result<std::unique_ptr<ChildProcess>> start_child(const ChildOptions& options) {
  std::vector<std::string> words = {options.program};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  SpawnSettings settings;
  settings.reset_signals();
  settings.redirect(options.output);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, options.program.c_str(), &settings.files,
                                &settings.attributes, pointers.data(), environ);
  if (error != 0) return posix::failure_of(error, options.program, "start");
  return std::unique_ptr<ChildProcess>(std::make_unique<PosixChild>(pid));
}

base::Path own_program() {
  std::array<char, PATH_MAX> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  if (size > 0) return base::Path(path.data(), static_cast<std::size_t>(size));
  // A bare chroot has no /proc: the kernel also told the program how it was called.
  const auto called = ::getauxval(AT_EXECFN);
  const char* resolved =
      called ? ::realpath(reinterpret_cast<const char*>(called), path.data()) : nullptr;
  return resolved ? base::Path(resolved) : base::Path();
}

}  // namespace fieldsync::platform
