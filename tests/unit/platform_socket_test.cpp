#include "platform/socket.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace fieldsync::platform {
namespace {

/// Two ends of one TCP connection over loopback; nobody reads until asked.
struct Connection {
  Connection() {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    sender = ::socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(::connect(sender, reinterpret_cast<sockaddr*>(&address), length) == 0);
    receiver = ::accept(listener, nullptr, nullptr);
    REQUIRE(receiver >= 0);
    ::close(listener);
  }
  ~Connection() { ::close(receiver); }

  /// Writes until the system takes no more. How many bytes it took.
  std::size_t fill() {
    ::fcntl(sender, F_SETFL, O_NONBLOCK);
    const std::string bytes(1 << 16, 'x');
    std::size_t sent = 0;
    for (;;) {
      const auto count = ::send(sender, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return sent;
      sent += static_cast<std::size_t>(count);
    }
  }
  /// Reads to the end or the break.
  std::size_t drain() {
    std::string buffer(1 << 16, '\0');
    std::size_t got = 0;
    for (;;) {
      const auto count = ::recv(receiver, buffer.data(), buffer.size(), 0);
      if (count <= 0) return got;
      got += static_cast<std::size_t>(count);
    }
  }

  int sender = -1, receiver = -1;
};

}  // namespace

TEST_CASE("what was written arrives after a close, but not after the socket was abandoned") {
  Connection closed;
  const std::size_t written = closed.fill();
  CHECK(unconfirmed_bytes(closed.sender) > 0);
  close_socket(closed.sender);
  CHECK(closed.drain() == written);

  Connection abandoned;
  const std::size_t given_up = abandoned.fill();
  abandon_socket(abandoned.sender);
  CHECK(abandoned.drain() < given_up);
}

TEST_CASE("a connection is known by its own port") {
  Connection connection;
  sockaddr_in peer{};
  socklen_t size = sizeof(peer);
  REQUIRE(::getpeername(connection.receiver, reinterpret_cast<sockaddr*>(&peer), &size) == 0);
  CHECK(local_port(connection.sender) == ntohs(peer.sin_port));
  close_socket(connection.sender);
  CHECK(local_port(-1) == 0);
}

#ifdef __linux__
TEST_CASE("how fast bytes may leave is limited, and the limit ends") {
  Connection connection;
  const auto limit = [&] {
    std::uint64_t rate = 0;
    socklen_t size = sizeof(rate);
    REQUIRE(::getsockopt(connection.sender, SOL_SOCKET, SO_MAX_PACING_RATE, &rate, &size) == 0);
    return rate;
  };
  limit_send_rate(connection.sender, 50e3);
  CHECK(limit() == 50'000);
  limit_send_rate(connection.sender, 0);
  CHECK(limit() > 1'000'000'000);
  close_socket(connection.sender);
}
#endif

}  // namespace fieldsync::platform
