#pragma once

#ifdef _WIN32
#include <winsock2.h>
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif

#include <string>
#include <string_view>

#include "platform/socket.h"

namespace fieldsync::net::test {

/// Whether the client ends its side of the connection once all is sent.
enum class AfterSending { wait, end };

/// Sends `request` as it is to 127.0.0.1:`port` and returns every byte that comes back until the
/// server closes. No HTTP library between: what really arrives is what is tested.
inline std::string raw_exchange(int port, std::string_view request,
                                AfterSending then = AfterSending::wait) {
  const auto handle = ::socket(AF_INET, SOCK_STREAM, 0);
  const auto socket = static_cast<platform::SocketHandle>(handle);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string received;
  if (::connect(handle, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    while (!request.empty()) {
      const auto put = platform::write_some(socket, request.data(), request.size());
      if (put <= 0) break;
      request.remove_prefix(static_cast<std::size_t>(put));
    }
    if (then == AfterSending::end) platform::shut_down(socket, platform::ShutDown::writing);
    char buffer[4096];
    for (;;) {
      const auto got = platform::read_some(socket, buffer, sizeof(buffer));
      if (got <= 0) break;
      received.append(buffer, static_cast<std::size_t>(got));
    }
  }
  platform::close_socket(socket);
  return received;
}

}  // namespace fieldsync::net::test
