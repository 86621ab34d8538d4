#include "platform/network_monitor.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>

#include "platform/host.h"

namespace fieldsync::platform {
namespace {

/// Gives the loopback device a second address, or takes it away. False where that is not allowed.
bool set_second_address(const char* address) {
  const int handle = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (handle < 0) return false;
  ifreq request{};
  std::strcpy(request.ifr_name, "lo:77");
  auto* to = reinterpret_cast<sockaddr_in*>(&request.ifr_addr);
  to->sin_family = AF_INET;
  ::inet_pton(AF_INET, address, &to->sin_addr);
  const bool done = ::ioctl(handle, SIOCSIFADDR, &request) == 0;
  ::close(handle);
  return done;
}

}  // namespace

TEST_CASE("a change is told at once, those right after it once more, and nothing after the end") {
  const auto clock = make_system_clock();
  ThreadLoop loop(*clock);
  int told = 0;
  auto monitor = watch_network(loop, [&] {
    if (++told == 2) return loop.stop();
    set_second_address("127.77.0.2");
    set_second_address("127.77.0.3");
  });
  if (!monitor || !set_second_address("127.77.0.1")) {
    MESSAGE("skipped: addresses cannot be changed here (root is needed)");
    return;
  }
  loop.call_at(clock->now() + std::chrono::seconds(20), [&] { loop.stop(); });
  loop.run();
  CHECK(told == 2);
  set_second_address("0.0.0.0");
  monitor.reset();
  loop.call_at(clock->now(), [&] { loop.stop(); });
  loop.run();
  CHECK(told == 2);
}

}  // namespace fieldsync::platform
