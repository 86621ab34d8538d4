#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>

#include "platform/posix/signal_pipe.h"
#include "platform/terminal.h"
#include "platform/tuning.h"

namespace fieldsync::platform {
namespace {

int number_of(Stream stream) {
  switch (stream) {
    case Stream::in:
      return STDIN_FILENO;
    case Stream::out:
      return STDOUT_FILENO;
    case Stream::error:
      return STDERR_FILENO;
  }
  return STDERR_FILENO;
}

void show(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

/// No echo while alive.
class EchoOff {
 public:
  EchoOff() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~EchoOff() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

/// Waits for input. False when a signal came first.
bool input_before_signal(int signals) {
  std::array<pollfd, 2> waited = {pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{signals, POLLIN, 0}};
  for (;;) {
    if (::poll(waited.data(), waited.size(), -1) < 0 && errno == EINTR) continue;
    return (waited[1].revents & POLLIN) == 0;
  }
}

/// One line without its end, read byte by byte so that nothing after it is taken. Nothing at end of
/// input, on a signal, and for a line past the limit.
std::optional<std::string> line_from_input(int signals) {
  std::string line;
  while (line.size() <= tuning::kInputLineBytesMax) {
    if (signals >= 0 && !input_before_signal(signals)) return std::nullopt;
    char byte = 0;
    const ssize_t got = posix::retried([&] { return ::read(STDIN_FILENO, &byte, 1); });
    if (got <= 0 && line.empty()) return std::nullopt;
    if (got <= 0 || byte == '\n') {
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    line += byte;
  }
  return std::nullopt;
}

std::optional<std::string> line_without_echo(const std::string& prompt) {
  std::optional<std::string> line;
  int signal = 0;
  {
    // Ctrl-C at the prompt ends the program by default, and would leave the terminal without echo.
    posix::SignalPipe signals({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP});
    {
      const EchoOff echo_off;  // before the prompt: whoever sees it may type at once
      show(prompt);
      line = line_from_input(signals.readable());
    }
    signals.close();
    signal = signals.next();
  }
  show("\n");
  if (signal != 0) ::raise(signal);
  return line;
}

}  // namespace

bool is_terminal(Stream stream) { return ::isatty(number_of(stream)) == 1; }

int terminal_columns() {
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

std::optional<base::Secret> read_secret(const std::string& prompt) {
  const auto line = is_terminal(Stream::in) ? line_without_echo(prompt) : line_from_input(-1);
  if (!line) return std::nullopt;
  return base::Secret(*line);
}

std::optional<std::string> read_line(const std::string& prompt) {
  if (is_terminal(Stream::in)) show(prompt);
  return line_from_input(-1);
}

}  // namespace fieldsync::platform
