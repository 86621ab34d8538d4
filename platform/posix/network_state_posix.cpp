#include "platform/network_state.h"

#include <cstdint>
#include <fstream>
#include <limits>
#include <sstream>

namespace fieldsync::platform {
namespace {

/// The kernel's list of IPv4 routes: interface, destination, gateway, flags, references, use,
/// metric, mask. The default route has destination and mask 0.
std::string interface_of_ipv4() {
  std::ifstream routes("/proc/net/route");
  std::string line;
  std::getline(routes, line);  // its heading
  std::string best;
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  while (std::getline(routes, line)) {
    std::istringstream fields(line);
    std::string name, to, gateway, flags, mask;
    std::uint64_t references = 0, use = 0, metric = 0;
    fields >> name >> to >> gateway >> flags >> references >> use >> metric >> mask;
    const bool is_default = to == "00000000" && mask == "00000000";
    if (fields.fail() || !is_default || metric >= least) continue;
    least = metric;
    best = name;
  }
  return best;
}

/// The same of IPv6: destination, its length, source, its length, next hop, metric (hexadecimal),
/// references, use, flags, interface. Its default routes over `lo` lead nowhere.
std::string interface_of_ipv6() {
  std::ifstream routes("/proc/net/ipv6_route");
  std::string line;
  std::string best;
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  while (std::getline(routes, line)) {
    std::istringstream fields(line);
    std::string to, length, source, source_length, hop, references, use, flags, name;
    std::uint64_t metric = 0;
    fields >> to >> length >> source >> source_length >> hop >> std::hex >> metric >> references >>
        use >> flags >> name;
    const bool is_default = length == "00" && name != "lo";
    if (fields.fail() || !is_default || metric >= least) continue;
    least = metric;
    best = name;
  }
  return best;
}

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
  state.interface = interface_of_ipv4();
  if (state.interface.empty()) state.interface = interface_of_ipv6();
  if (!state.interface.empty() && is_mobile(state.interface)) {
    state.cost = NetworkState::Cost::metered;
  }
  return state;
}

}  // namespace fieldsync::platform
