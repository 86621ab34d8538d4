#include "platform/network_monitor.h"

#include <array>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/posix/descriptor.h"
#include "platform/tuning.h"

namespace fieldsync::platform {
namespace {

using posix::Descriptor;

/// A socket on which the kernel tells changes of links, addresses and routes; not open when it
/// cannot be had (a sandboxed service without AF_NETLINK).
Descriptor open_netlink() {
  Descriptor netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  if (!netlink.is_open()) return netlink;
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups =
      RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
  if (::bind(netlink.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return {};
  }
  return netlink;
}

/// Sleeps in poll(2) on a thread of its own; what is in the messages does not matter.
class NetlinkMonitor final : public NetworkMonitor {
 public:
  NetlinkMonitor(EventLoop& loop, std::function<void()> changed, Descriptor netlink,
                 Descriptor stop_reading, Descriptor stop_writing)
      : loop_(loop),
        changed_(std::make_shared<std::function<void()>>(std::move(changed))),
        netlink_(std::move(netlink)),
        stop_reading_(std::move(stop_reading)),
        stop_writing_(std::move(stop_writing)),
        thread_([this] { watch(); }) {}

  ~NetlinkMonitor() override {
    // Closing the writing end wakes the poll.
    { const Descriptor closed = std::move(stop_writing_); }
    thread_.join();
  }

 private:
  enum class Woken { by_change, by_quiet, by_stop };

  Woken wait(int timeout_ms) {
    std::array<pollfd, 2> on{{{netlink_.number(), POLLIN, 0}, {stop_reading_.number(), POLLIN, 0}}};
    const int ready = posix::retried([&] { return ::poll(on.data(), on.size(), timeout_ms); });
    if (ready < 0 || on[1].revents != 0) return Woken::by_stop;
    if (ready == 0) return Woken::by_quiet;
    std::array<char, 8'192> unread;
    while (::recv(netlink_.number(), unread.data(), unread.size(), 0) > 0) {
    }
    return Woken::by_change;
  }

  void watch() {
    for (;;) {
      if (wait(-1) == Woken::by_stop) return;
      tell();
      constexpr auto kQuiet = static_cast<int>(tuning::kNetworkQuiet.count());
      int more = 0;
      Woken woken = wait(kQuiet);
      for (; woken == Woken::by_change; woken = wait(kQuiet)) ++more;
      if (woken == Woken::by_stop) return;
      if (more > 0) tell();
    }
  }

  void tell() {
    loop_.post([changed = std::weak_ptr(changed_)] {
      if (const auto call = changed.lock()) (*call)();
    });
  }

  EventLoop& loop_;
  std::shared_ptr<std::function<void()>> changed_;
  Descriptor netlink_, stop_reading_, stop_writing_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<NetworkMonitor> watch_network(EventLoop& loop, std::function<void()> changed) {
  Descriptor netlink = open_netlink();
  std::array<int, 2> ends{};
  if (!netlink.is_open() || ::pipe2(ends.data(), O_CLOEXEC) != 0) return nullptr;
  return std::make_unique<NetlinkMonitor>(loop, std::move(changed), std::move(netlink),
                                          Descriptor(ends[0]), Descriptor(ends[1]));
}

}  // namespace fieldsync::platform
