#include "platform/network_state.h"

#include <fstream>

#include "platform/posix/default_route.h"
#include "platform/posix/network_manager.h"

namespace fieldsync::platform {
namespace {

/// Modems say so themselves; links that are dialled over one bear the kernel's name for them.
bool is_mobile(const std::string& interface) {
  if (interface.starts_with("ppp") || interface.starts_with("wwan")) return true;
  std::ifstream about("/sys/class/net/" + interface + "/uevent");
  std::string line;
  while (std::getline(about, line)) {
    if (line == "DEVTYPE=wwan") return true;
  }
  return false;
}

}  // namespace

NetworkState current_network() {
  NetworkState state;
  std::ifstream ipv4("/proc/net/route");
  std::ifstream ipv6("/proc/net/ipv6_route");
  state.interface = posix::default_interface_of_ipv4(ipv4);
  if (state.interface.empty()) state.interface = posix::default_interface_of_ipv6(ipv6);
  if (state.interface.empty()) return state;
  if (const auto told = posix::cost_by_network_manager()) {
    state.cost = *told;
  } else if (is_mobile(state.interface)) {
    state.cost = NetworkState::Cost::metered;
  }
  return state;
}

}  // namespace fieldsync::platform
