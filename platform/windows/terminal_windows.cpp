#include "platform/terminal.h"

#include <cstdio>
#include <string>
#include <string_view>

#include "platform/tuning.h"
#include "platform/windows/system.h"

namespace fieldsync::platform {
namespace {

HANDLE handle_of(Stream stream) {
  switch (stream) {
    case Stream::in:
      return ::GetStdHandle(STD_INPUT_HANDLE);
    case Stream::out:
      return ::GetStdHandle(STD_OUTPUT_HANDLE);
    case Stream::error:
      return ::GetStdHandle(STD_ERROR_HANDLE);
  }
  return nullptr;
}

void show(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

/// The console shows nothing of what is typed, while alive.
class EchoOff {
 public:
  EchoOff() : console_(handle_of(Stream::in)) {
    ::GetConsoleMode(console_, &before_);
    ::SetConsoleMode(console_, before_ & ~static_cast<DWORD>(ENABLE_ECHO_INPUT));
  }
  ~EchoOff() { ::SetConsoleMode(console_, before_); }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  HANDLE console_;
  DWORD before_ = 0;
};

/// Takes the line's end away; nothing for a line past the limit.
std::optional<std::string> checked(std::string line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  if (line.size() > tuning::kInputLineBytesMax) return std::nullopt;
  return line;
}

std::optional<std::string> line_from_console() {
  std::wstring line;
  std::wstring piece(1'024, L'\0');
  while (!line.ends_with(L'\n') && line.size() <= tuning::kInputLineBytesMax) {
    DWORD got = 0;
    const auto room = static_cast<DWORD>(piece.size());
    if (!::ReadConsoleW(handle_of(Stream::in), piece.data(), room, &got, nullptr) || got == 0) {
      return std::nullopt;  // Ctrl-C, or the window is gone
    }
    line.append(piece, 0, got);
  }
  if (line.starts_with(L'\x1a')) return std::nullopt;  // Ctrl-Z: the end of input
  return checked(windows::to_utf8(line));
}

/// Byte by byte, so that nothing after the line is taken.
std::optional<std::string> line_from_pipe() {
  std::string line;
  while (line.size() <= tuning::kInputLineBytesMax) {
    char byte = 0;
    DWORD got = 0;
    const bool is_read = ::ReadFile(handle_of(Stream::in), &byte, 1, &got, nullptr) && got == 1;
    if (!is_read && line.empty()) return std::nullopt;
    if (!is_read || byte == '\n') return checked(std::move(line));
    line += byte;
  }
  return std::nullopt;
}

}  // namespace

bool is_terminal(Stream stream) {
  DWORD mode = 0;
  return ::GetConsoleMode(handle_of(stream), &mode) != 0;
}

int terminal_columns() {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  if (!::GetConsoleScreenBufferInfo(handle_of(Stream::out), &info)) return 80;
  const int columns = info.srWindow.Right - info.srWindow.Left + 1;
  return columns > 0 ? columns : 80;
}

std::optional<base::Secret> read_secret(const std::string& prompt) {
  std::optional<std::string> line;
  if (is_terminal(Stream::in)) {
    const EchoOff echo_off;  // before the prompt: whoever sees it may type at once
    show(prompt);
    line = line_from_console();
    show("\n");
  } else {
    line = line_from_pipe();
  }
  if (!line) return std::nullopt;
  return base::Secret(*line);
}

std::optional<std::string> read_line(const std::string& prompt) {
  if (!is_terminal(Stream::in)) return line_from_pipe();
  show(prompt);
  return line_from_console();
}

}  // namespace fieldsync::platform
