#pragma once

#include <string>

namespace fieldsync::bench::link {

/// Two network namespaces without names, each with one end of a link that this process carries.
/// They vanish with the process, however it ends. In the near one 127.0.0.1 is not the machine
/// itself: its packets cross the link to the far one, so that programs which speak plain http with
/// loopback only are measured unchanged, with TCP of the kernel on both ends. Needs root (of a user
/// namespace at least) and the program `ip`.
struct Host {
  int tunnel = -1;  ///< reads what the host sends, whole IP packets; not blocking
  int namespace_ = -1;
  /// For `nsenter --net=…`.
  std::string path() const;
};
struct TwoHosts {
  Host near, far;
};

/// `congestion`: TCP's congestion control on both; empty: the system's. Returns "" or what failed.
std::string make_two_hosts(const std::string& congestion, TwoHosts& made);

/// What the near host sees of its cable: an event of the system, and nothing sent without it.
enum class Carrier { off, on };
void set_carrier(const Host& host, Carrier carrier);

}  // namespace fieldsync::bench::link
