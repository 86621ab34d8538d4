#include "tests/bench/link/two_hosts.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace fieldsync::bench::link {
namespace {

constexpr char kInterface[] = "link0";
constexpr char kNearAddress[] = "127.77.0.1";
constexpr char kFarAddress[] = "127.0.0.1";

std::string trouble(const std::string& what) { return what + ": " + std::strerror(errno); }

/// Runs in the namespace this thread is in.
std::string shell(const std::string& line) {
  const int code = std::system(("(" + line + ") 2>&1").c_str());
  return code == 0 ? "" : line + " ended with " + std::to_string(code);
}

std::string open_tunnel(Host& host) {
  host.tunnel = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (host.tunnel < 0) return trouble("/dev/net/tun");
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::memcpy(request.ifr_name, kInterface, sizeof kInterface);
  if (::ioctl(host.tunnel, TUNSETIFF, &request) != 0) return trouble("TUNSETIFF");
  return "";
}

/// A namespace of its own with this end of the link; the thread stays in it.
std::string make_host(const std::string& own, const std::string& other,
                      const std::string& congestion, Host& host) {
  if (::unshare(CLONE_NEWNET) != 0) return trouble("a network namespace");
  host.namespace_ = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (host.namespace_ < 0) return trouble("/proc/self/ns/net");
  if (auto why = open_tunnel(host); !why.empty()) return why;
  const std::string settings = "/proc/sys/net/ipv4/";
  std::string line = "ip link set lo up && ip addr flush dev lo";
  // The far host is 127.0.0.1 for both, and nothing else of 127.0.0.0/8 is local.
  line += " && ip addr add " + own + "/32 dev " + (own == kFarAddress ? "lo" : kInterface);
  if (own == kFarAddress) line += " && ip addr add 127.77.0.2/32 dev link0";
  line += " && echo 1 >" + settings + "conf/link0/route_localnet";
  line += " && ip link set link0 up txqueuelen 1000";
  line += " && ip route add " + other + "/32 dev link0 src " + own;
  // What one run learnt of the link must not help the next.
  line += " && echo 1 >" + settings + "tcp_no_metrics_save";
  if (!congestion.empty()) {
    line += " && echo " + congestion + " >" + settings + "tcp_congestion_control";
  }
  return shell(line);
}

}  // namespace

std::string Host::path() const {
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(namespace_);
}

std::string make_two_hosts(const std::string& congestion, TwoHosts& made) {
  auto why = make_host(kNearAddress, kFarAddress, congestion, made.near);
  if (why.empty()) why = make_host(kFarAddress, kNearAddress, congestion, made.far);
  return why;
}

void set_carrier(const Host& host, Carrier carrier) {
  int on = carrier == Carrier::on ? 1 : 0;
  ::ioctl(host.tunnel, TUNSETCARRIER, &on);
}

}  // namespace fieldsync::bench::link
