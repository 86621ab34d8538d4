#include "platform/socket.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/sockios.h>
#include <linux/tcp.h>
#endif

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace fieldsync::platform {
namespace {

int fd_of(SocketHandle socket) { return static_cast<int>(socket); }

bool wait_for(SocketHandle socket, short event, base::Millis limit) {
  pollfd entry{fd_of(socket), event, 0};
  for (;;) {
    const int ready = ::poll(&entry, 1, static_cast<int>(limit.count()));
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0;
  }
}

bool fill_address(const base::Path& path, sockaddr_un& address) {
  if (path.empty() || path.size() >= sizeof(address.sun_path)) return false;
  address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  return true;
}

}  // namespace

bool wait_readable(SocketHandle socket, base::Millis limit) {
  return wait_for(socket, POLLIN, limit);
}

bool wait_writable(SocketHandle socket, base::Millis limit) {
  return wait_for(socket, POLLOUT, limit);
}

std::ptrdiff_t read_some(SocketHandle socket, char* to, std::size_t size) {
  for (;;) {
    const ssize_t got = ::recv(fd_of(socket), to, size, 0);
    if (got < 0 && errno == EINTR) continue;
    return got;
  }
}

std::ptrdiff_t write_some(SocketHandle socket, const char* from, std::size_t size) {
  for (;;) {
    const ssize_t put = ::send(fd_of(socket), from, size, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    return put;
  }
}

void shut_down(SocketHandle socket, ShutDown what) {
  ::shutdown(fd_of(socket), what == ShutDown::both ? SHUT_RDWR : SHUT_WR);
}

void close_socket(SocketHandle socket) { ::close(fd_of(socket)); }

void abandon_socket(SocketHandle socket) {
  const linger at_once{1, 0};
  ::setsockopt(fd_of(socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  ::close(fd_of(socket));
}

base::ByteCount unconfirmed_bytes(SocketHandle socket) {
#ifdef SIOCOUTQ
  int bytes = 0;
  if (::ioctl(fd_of(socket), SIOCOUTQ, &bytes) == 0) return bytes;
#endif
  (void)socket;
  return 0;
}

void retry_every_second(SocketHandle socket) {
#ifdef __linux__
  constexpr int kRtoMaxMs = 44;  // TCP_RTO_MAX_MS, which older headers do not have
  const int second = 1'000;
  ::setsockopt(fd_of(socket), IPPROTO_TCP, kRtoMaxMs, &second, sizeof second);
#else
  (void)socket;
#endif
}

void send_steadily(SocketHandle socket) {
#ifdef __linux__
  limit_send_rate(socket, 0);  // any limit makes the system pace
  constexpr std::string_view kBbr = "bbr";
  constexpr std::string_view kCubic = "cubic";
  char now[16] = {};  // TCP_CA_NAME_MAX
  socklen_t size = sizeof now;
  if (::getsockopt(fd_of(socket), IPPROTO_TCP, TCP_CONGESTION, now, &size) != 0) return;
  if (std::string_view(now, ::strnlen(now, sizeof now)) != kBbr) return;
  ::setsockopt(fd_of(socket), IPPROTO_TCP, TCP_CONGESTION, kCubic.data(), kCubic.size());
#else
  (void)socket;
#endif
}

int local_port(SocketHandle socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd_of(socket), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return 0;
}

Delivery delivery_of(SocketHandle socket) {
  Delivery delivery;
#ifdef __linux__
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd_of(socket), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return delivery;
  delivery.bytes_per_second = static_cast<double>(info.tcpi_delivery_rate);
  delivery.round_trip_seconds = info.tcpi_min_rtt / 1e6;
  delivery.round_trip_now_seconds = info.tcpi_rtt / 1e6;
#else
  (void)socket;
#endif
  return delivery;
}

void limit_send_queue(SocketHandle socket, base::ByteCount bytes) {
  constexpr base::ByteCount kLargest = 8 << 20;
  // The system counts its own bookkeeping too and doubles what it is given for it.
  const int room = static_cast<int>(std::min(bytes, kLargest));
  ::setsockopt(fd_of(socket), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
}

bool may_miss_writable() { return false; }

bool has_unix_sockets() { return true; }

void limit_send_rate(SocketHandle socket, double bytes_per_second) {
#ifdef __linux__
  constexpr double kNoLimit = 1.25e9;  // 10 Gbit/s: no link of ours reaches it
  const bool is_limit = bytes_per_second > 0 && bytes_per_second < kNoLimit;
  const auto rate = static_cast<unsigned long>(is_limit ? bytes_per_second : kNoLimit);
  ::setsockopt(fd_of(socket), SOL_SOCKET, SO_MAX_PACING_RATE, &rate, sizeof rate);
#else
  (void)socket;
  (void)bytes_per_second;
#endif
}

void prepare_listener(SocketHandle socket, Listener kind) {
  switch (kind) {
    case Listener::loopback: {
      const int on = 1;
      ::setsockopt(fd_of(socket), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
      return;
    }
    case Listener::unix_owner_only:
      // Linux gives the file the mode its socket has when it is bound: there is no moment in which
      // others could connect.
      ::fchmod(fd_of(socket), S_IRUSR | S_IWUSR);
      return;
  }
}

void set_backlog(SocketHandle socket, int connections) { ::listen(fd_of(socket), connections); }

base::Result<> remove_stale_socket(const base::Path& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return base::Failure{base::Cause::file_unreadable, path + ": " + std::strerror(errno)};
  }
  if (!S_ISSOCK(found.st_mode)) {
    return base::Failure{base::Cause::file_unreadable, path + ": not a socket, left alone"};
  }
  sockaddr_un address{};
  if (!fill_address(path, address)) {
    return base::Failure{base::Cause::bad_input, path + ": too long for a socket"};
  }
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) {
    return base::Failure{base::Cause::disk_error, path + ": " + std::strerror(errno)};
  }
  const int connected =
      ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  const int error = connected == 0 ? 0 : errno;
  ::close(probe);
  // EAGAIN is a full queue: somebody is there, only busy.
  if (error == 0 || error == EAGAIN) {
    return base::Failure{base::Cause::already_running, path + ": somebody listens there"};
  }
  if (error != ECONNREFUSED) {
    return base::Failure{base::Cause::file_unreadable, path + ": " + std::strerror(error)};
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return base::Failure{base::Cause::file_unreadable, path + ": " + std::strerror(errno)};
  }
  return {};
}

bool is_socket_path(const base::Path& path) {
  sockaddr_un address{};
  return fill_address(path, address);
}

}  // namespace fieldsync::platform
