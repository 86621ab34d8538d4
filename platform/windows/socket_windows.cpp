#include "platform/socket.h"

#include <algorithm>

#include "platform/windows/system.h"

namespace fieldsync::platform {
namespace {

bool wait_for(SocketHandle socket, short event, base::Millis limit) {
  windows::start_sockets();
  WSAPOLLFD entry{static_cast<SOCKET>(socket), event, 0};
  return ::WSAPoll(&entry, 1, static_cast<INT>(limit.count())) > 0;
}

int call_size(std::size_t size) {
  constexpr std::size_t kCallBytesMax = std::size_t{1} << 30;
  return static_cast<int>(std::min(size, kCallBytesMax));
}

}  // namespace

bool wait_readable(SocketHandle socket, base::Millis limit) {
  return wait_for(socket, POLLRDNORM, limit);
}

bool wait_writable(SocketHandle socket, base::Millis limit) {
  return wait_for(socket, POLLWRNORM, limit);
}

std::ptrdiff_t read_some(SocketHandle socket, char* to, std::size_t size) {
  return ::recv(static_cast<SOCKET>(socket), to, call_size(size), 0);
}

std::ptrdiff_t write_some(SocketHandle socket, const char* from, std::size_t size) {
  return ::send(static_cast<SOCKET>(socket), from, call_size(size), 0);
}

void shut_down(SocketHandle socket, ShutDown what) {
  ::shutdown(static_cast<SOCKET>(socket), what == ShutDown::both ? SD_BOTH : SD_SEND);
}

void close_socket(SocketHandle socket) { ::closesocket(static_cast<SOCKET>(socket)); }

void abandon_socket(SocketHandle socket) {
  const linger at_once{1, 0};
  ::setsockopt(static_cast<SOCKET>(socket), SOL_SOCKET, SO_LINGER,
               reinterpret_cast<const char*>(&at_once), sizeof(at_once));
  ::closesocket(static_cast<SOCKET>(socket));
}

// What a connection has on its way, and how it repeats, Windows shows and sets for drivers only.
base::ByteCount unconfirmed_bytes(SocketHandle) { return 0; }
void retry_every_second(SocketHandle) {}
void send_steadily(SocketHandle) {}
void limit_send_rate(SocketHandle, double) {}
Delivery delivery_of(SocketHandle) { return {}; }

int local_port(SocketHandle socket) {
  sockaddr_storage address{};
  int size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::getsockname(static_cast<SOCKET>(socket), any, &size) != 0) return 0;
  const bool has_port = address.ss_family == AF_INET || address.ss_family == AF_INET6;
  // Both kinds of address have it in the same place.
  return has_port ? ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port) : 0;
}

void limit_send_queue(SocketHandle socket, base::ByteCount bytes) {
  constexpr base::ByteCount kLargest = 8 << 20;
  const int room = static_cast<int>(std::min(bytes, kLargest));
  ::setsockopt(static_cast<SOCKET>(socket), SOL_SOCKET, SO_SNDBUF,
               reinterpret_cast<const char*>(&room), sizeof room);
}

bool may_miss_writable() { return true; }

// Windows has them, Wine does not, and what cannot be tried is not relied upon.
bool has_unix_sockets() { return false; }

void prepare_listener(SocketHandle socket, Listener) {
  // Without it another program could listen on the same port beside us.
  const int on = 1;
  ::setsockopt(static_cast<SOCKET>(socket), SOL_SOCKET, SO_EXCLUSIVEADDRUSE,
               reinterpret_cast<const char*>(&on), sizeof(on));
}

void set_backlog(SocketHandle socket, int connections) {
  ::listen(static_cast<SOCKET>(socket), connections);
}

base::Result<> remove_stale_socket(const base::Path& path) {
  return base::Failure{base::Cause::bad_input, path + ": there are no such sockets on Windows"};
}

bool is_socket_path(const base::Path&) { return false; }

}  // namespace fieldsync::platform
