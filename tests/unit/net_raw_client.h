#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>

namespace fieldsync::net::test {

/// Sends `request` as it is to 127.0.0.1:`port` and returns every byte that comes back until the
/// server closes. No HTTP library between: what really arrives is what is tested.
inline std::string raw_exchange(int port, std::string_view request) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string received;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    while (!request.empty()) {
      const ssize_t put = ::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
      if (put <= 0) break;
      request.remove_prefix(static_cast<std::size_t>(put));
    }
    char buffer[4096];
    for (;;) {
      const ssize_t got = ::recv(fd, buffer, sizeof(buffer), 0);
      if (got <= 0) break;
      received.append(buffer, static_cast<std::size_t>(got));
    }
  }
  ::close(fd);
  return received;
}

}  // namespace fieldsync::net::test
