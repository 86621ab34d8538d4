#include <linux/socket.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "net/curl_transport.h"
#include "tests/unit/net_rig.h"

// What only Linux tells of a socket.

using namespace fieldsync;
using namespace fieldsync::net;
using namespace fieldsync::net::test;

TEST_CASE("transport: what waits in the system of a file is limited while it is on its way") {
  std::atomic<bool> is_limited = false;
  std::atomic<int> port = 0;
  // The sender's socket is of this same process, and Linux tells whether its room was set.
  const auto room_was_set = [&] {
    int locks = 0;
    for (int descriptor = 3; descriptor < 512; ++descriptor) {
      sockaddr_in peer{};
      socklen_t size = sizeof(peer);
      if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
      if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
      size = sizeof(locks);
      ::getsockopt(descriptor, SOL_SOCKET, SO_BUF_LOCK, &locks, &size);
    }
    return (locks & SOCK_SNDBUF_LOCK) != 0;
  };
  Rig rig([&](const ServerRequest& request) {
    const auto clock = platform::make_system_clock();
    const base::Instant until = clock->now() + std::chrono::seconds(20);
    while (!room_was_set() && clock->now() < until) std::this_thread::yield();
    is_limited = room_was_set();
    body_of(request);
    return text_reply(200, "");
  });
  port = rig.port;
  const std::string path = rig.folder / "f";
  constexpr base::ByteCount kSize = 32 << 20;
  auto files = platform::make_system_files();
  auto file = files->create(path, platform::FileSystem::Access::owner_only);
  REQUIRE(file.ok());
  REQUIRE((*file)->append(std::string(kSize, 'x')).ok());
  HttpRequest request = rig.request(Method::put, "/");
  request.body = FileSlice{path, 0, kSize};
  CHECK(rig.run(request).response.ok());
  CHECK(is_limited);
}
