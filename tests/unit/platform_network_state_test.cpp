#include "platform/network_state.h"

#include <doctest/doctest.h>

#include <sstream>

#include "platform/posix/default_route.h"

namespace fieldsync::platform {

TEST_CASE("the way out is the default route with the lowest metric") {
  const std::string heading =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
  const auto ipv4 = [&](const std::string& rows) {
    std::istringstream table(heading + rows);
    return posix::default_interface_of_ipv4(table);
  };
  const std::string wifi = "wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n";
  const std::string modem = "wwan0\t00000000\t0100000A\t0003\t0\t0\t700\t00000000\t0\t0\t0\n";
  const std::string local = "eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
  const std::string half = "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n";
  CHECK(ipv4(modem + wifi + local) == "wlan0");
  CHECK(ipv4(modem) == "wwan0");
  CHECK(ipv4(local + half) == "");
  CHECK(ipv4("") == "");
  CHECK(ipv4("nonsense\nwlan0\t00000000\n\n") == "");

  const auto ipv6 = [](const std::string& rows) {
    std::istringstream table(rows);
    return posix::default_interface_of_ipv6(table);
  };
  const std::string zero(32, '0');
  const auto to_all = [&](const std::string& metric, const std::string& name) {
    return zero + " 00 " + zero + " 00 " + zero + " " + metric + " 00000001 00000000 00450003 " +
           name + "\n";
  };
  CHECK(ipv6(to_all("00000400", "eth1") + to_all("000000c8", "wlan1")) == "wlan1");
  CHECK(ipv6(to_all("ffffffff", "lo")) == "");
  CHECK(ipv6("short 00\n") == "");
}

TEST_CASE("the system is asked without harm, whatever its networks are") {
  const NetworkState now = current_network();
  if (now.interface.empty()) CHECK(now.cost == NetworkState::Cost::unknown);
}

}  // namespace fieldsync::platform
