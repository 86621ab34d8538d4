#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <functional>
#include <string>

#include "platform/child_process.h"
#include "platform/host.h"
#include "platform/service_host.h"
#include "platform/terminal.h"
#include "tests/support/temp_folder.h"

namespace fieldsync::platform {
namespace {

using base::Millis;
using tests::TempFolder;

std::unique_ptr<ChildProcess> shell(const std::string& script, const std::string& output = {}) {
  auto child = start_child({"/bin/sh", {"-c", script}, output});
  REQUIRE(child.ok());
  return std::move(child).value();
}

constexpr Millis kPlenty{60'000};

/// Says why a case that needs a terminal is left out: a bare chroot has no /dev/pts.
bool has_pseudo_terminals() {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0) {
    MESSAGE("left out: this machine gives no pseudo-terminals (is /dev/pts mounted?)");
    return false;
  }
  ::close(master);
  return true;
}

/// Runs `body` in a child whose terminal is a pseudo-terminal that the test holds the other end of.
class TerminalChild {
 public:
  explicit TerminalChild(const std::function<int()>& body) {
    master_ = ::posix_openpt(O_RDWR | O_NOCTTY);
    REQUIRE(master_ >= 0);
    REQUIRE(::grantpt(master_) == 0);
    REQUIRE(::unlockpt(master_) == 0);
    const std::string slave = ::ptsname(master_);
    // Held open, so that the settings can be read after the child's end.
    slave_ = ::open(slave.c_str(), O_RDWR | O_NOCTTY);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setsid();
      ::ioctl(slave_, TIOCSCTTY, 0);
      ::dup2(slave_, 0);
      ::dup2(slave_, 1);
      ::dup2(slave_, 2);
      ::signal(SIGINT, SIG_DFL);  // jobs in the background inherit that it is ignored
      ::_exit(body());
    }
  }
  ~TerminalChild() {
    ::close(master_);
    ::close(slave_);
  }
  TerminalChild(const TerminalChild&) = delete;
  TerminalChild& operator=(const TerminalChild&) = delete;

  /// All that the terminal showed until `text` came.
  std::string shown_until(const std::string& text) {
    while (shown_.find(text) == std::string::npos) {
      std::array<char, 256> buffer{};
      const ssize_t got = ::read(master_, buffer.data(), buffer.size());
      if (got <= 0) break;
      shown_.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return shown_;
  }
  void type(const std::string& text) {
    REQUIRE(::write(master_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    return status;
  }
  bool echoes() const {
    termios settings{};
    REQUIRE(tcgetattr(slave_, &settings) == 0);
    return (settings.c_lflag & ECHO) != 0;
  }

 private:
  int master_ = -1;
  int slave_ = -1;
  pid_t pid_ = -1;
  std::string shown_;
};

}  // namespace

TEST_CASE("a child's exit code comes back, once it has ended") {
  CHECK(shell("exit 3")->wait(kPlenty) == 3);
  const auto child = shell("exec sleep 1000");
  CHECK_FALSE(child->poll().has_value());
  CHECK_FALSE(child->wait(Millis{0}).has_value());
  child->kill();
  CHECK(child->wait(kPlenty) == 128 + SIGKILL);
  CHECK(child->poll() == 128 + SIGKILL);
  child->kill();  // nobody there any more: no effect
}

TEST_CASE("a child asked to stop may end in its own way") {
  const auto asked = shell("exec sleep 1000");
  asked->ask_to_stop();
  CHECK(asked->wait(kPlenty) == 128 + SIGTERM);
}

TEST_CASE("a child's output goes to the file, both streams, after what is there") {
  TempFolder folder;
  tests::put_content(folder / "out", "before\n");
  CHECK(shell("echo one; echo two >&2", folder / "out")->wait(kPlenty) == 0);
  CHECK(tests::content_of(folder / "out") == "before\none\ntwo\n");
}

TEST_CASE("a child does not outlive its owner") {
  std::int64_t pid = 0;
  {
    const auto child = shell("exec sleep 1000");
    pid = child->pid();
  }
  CHECK(::kill(static_cast<pid_t>(pid), 0) == -1);
  CHECK(errno == ESRCH);
}

TEST_CASE("a program that is not there is a failure that names it") {
  const auto child = start_child({"/no/such/program", {}, {}});
  REQUIRE_FALSE(child.ok());
  CHECK(child.failure().cause == base::Cause::file_unreadable);
  CHECK(child.failure().what.find("/no/such/program") != std::string::npos);
  CHECK(own_program().find("platform_tests") != std::string::npos);
}

TEST_CASE("a child starts with ordinary signals, whatever its parent ignores") {
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  CHECK(shell("kill -PIPE $$; exit 0")->wait(kPlenty) == 128 + SIGPIPE);
  ::signal(SIGPIPE, before);
}

TEST_CASE("signals become events, again and again, until the service ends") {
  std::atomic<int> stops{0};
  std::atomic<int> reloads{0};
  ServiceEvents events;
  events.stop = [&] {
    ++stops;
    stops.notify_one();
  };
  events.reload = [&] {
    ++reloads;
    reloads.notify_one();
  };
  struct sigaction before {};
  ::sigaction(SIGTERM, nullptr, &before);
  const int result = run_as_service(events, [&] {
    ::kill(::getpid(), SIGHUP);
    reloads.wait(0);
    ::kill(::getpid(), SIGTERM);
    stops.wait(0);
    ::kill(::getpid(), SIGINT);
    stops.wait(1);
    return 7;
  });
  CHECK(result == 7);
  CHECK(stops == 2);
  CHECK(reloads == 1);
  struct sigaction after {};
  ::sigaction(SIGTERM, nullptr, &after);
  CHECK((after.sa_handler == before.sa_handler));
}

TEST_CASE("a peer that hangs up does not end the service") {
  const int result = run_as_service({}, [] {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return 1;
    ::close(ends[0]);
    const ssize_t put = ::write(ends[1], "x", 1);
    const int error = errno;
    ::close(ends[1]);
    return put == -1 && error == EPIPE ? 0 : 2;
  });
  CHECK(result == 0);
}

TEST_CASE("a secret typed at the prompt is not shown, and echo comes back") {
  if (!has_pseudo_terminals()) return;
  TerminalChild child([] {
    const auto secret = read_secret("Secret: ");
    return secret && secret->reveal() == "hunter2" ? 0 : 1;
  });
  child.shown_until("Secret: ");
  CHECK_FALSE(child.echoes());
  child.type("hunter2\n");
  CHECK(child.wait() == 0);
  CHECK(child.shown_until("\n").find("hunter2") == std::string::npos);
  CHECK(child.echoes());
}

TEST_CASE("Ctrl-C at the prompt ends the program and brings the echo back") {
  if (!has_pseudo_terminals()) return;
  TerminalChild child([] {
    (void)read_secret("Secret: ");
    return 0;
  });
  child.shown_until("Secret: ");
  child.type("hun\x03");
  const int status = child.wait();
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGINT);
  CHECK(child.echoes());
}

TEST_CASE("lines from a pipe come one by one, without a prompt") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const std::string input = "first\r\nsecond\nlast";
  REQUIRE(::write(ends[1], input.data(), input.size()) == static_cast<ssize_t>(input.size()));
  ::close(ends[1]);
  const int saved = ::dup(0);
  ::dup2(ends[0], 0);
  const auto first = read_line("? ");
  const auto second = read_secret("? ");
  const auto last = read_line("? ");
  const auto none = read_line("? ");
  CHECK_FALSE(is_terminal(Stream::in));
  ::dup2(saved, 0);
  ::close(saved);
  ::close(ends[0]);
  CHECK(first == "first");
  REQUIRE(second.has_value());
  CHECK(second->reveal() == "second");
  CHECK(last == "last");
  CHECK_FALSE(none.has_value());
  CHECK(terminal_columns() > 0);
}

}  // namespace fieldsync::platform
