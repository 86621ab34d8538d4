#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include "platform/base/text.h"
#include "platform/host.h"
#include "platform/posix/descriptor.h"
#include "platform/service_host.h"

// The protocol of sd_notify(3): datagrams of NAME=VALUE lines to the socket in NOTIFY_SOCKET.

namespace fieldsync::platform {
namespace {

void notify(const std::string& lines) {
  const std::string path = environment("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() < 2 || path.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path.data(), path.size());
  // '@' stands for the abstract namespace, whose names begin with a zero byte.
  if (path.front() == '@') address.sun_path[0] = '\0';
  const posix::Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  (void)::sendto(socket.number(), lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&address), size);
}

template <class Number>
std::optional<Number> number_in(const std::string& text) {
  Number number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The priorities of syslog(3).
std::string_view journal_prefix(base::LogLevel level) {
  switch (level) {
    case base::LogLevel::debug:
      return "<7>";
    case base::LogLevel::info:
      return "<6>";
    case base::LogLevel::warning:
      return "<4>";
    case base::LogLevel::error:
      return "<3>";
  }
  return "<3>";
}

}  // namespace

void tell_service_state(ServiceState state) {
  switch (state) {
    case ServiceState::ready:
      return notify("READY=1\n");
    case ServiceState::reloading:
      return notify("RELOADING=1\n");
    case ServiceState::stopping:
      return notify("STOPPING=1\n");
  }
}

void tell_service_status(std::string_view line) {
  notify("STATUS=" + base::printable(line) + "\n");
}

std::optional<base::Millis> watchdog_interval() {
  const auto micros = number_in<std::int64_t>(environment("WATCHDOG_USEC"));
  const std::string whose = environment("WATCHDOG_PID");
  if (!micros || *micros < 1'000) return std::nullopt;
  if (!whose.empty() && number_in<pid_t>(whose) != ::getpid()) return std::nullopt;
  return base::Millis{*micros / 1'000};
}

void tell_service_failure(std::string_view why) { tell_service_status(why); }

void tell_service_alive() { notify("WATCHDOG=1\n"); }

bool has_journal() {
  // "device:inode" of the journal's stream; stderr may have been pointed elsewhere since.
  const std::string stream = environment("JOURNAL_STREAM");
  const std::size_t colon = stream.find(':');
  struct stat found {};
  if (colon == std::string::npos || ::fstat(STDERR_FILENO, &found) != 0) return false;
  return number_in<std::uint64_t>(stream.substr(0, colon)) == std::uint64_t{found.st_dev} &&
         number_in<std::uint64_t>(stream.substr(colon + 1)) == std::uint64_t{found.st_ino};
}

void write_to_journal(base::LogLevel level, std::string_view line) {
  const std::string whole = std::string(journal_prefix(level)) + std::string(line) + "\n";
  std::fwrite(whole.data(), 1, whole.size(), stderr);
}

}  // namespace fieldsync::platform
