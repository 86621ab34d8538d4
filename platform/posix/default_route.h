#pragma once

#include <istream>
#include <string>

/// The kernel's tables of routes, as /proc/net shows them.
namespace fieldsync::platform::posix {

/// The interface of the default route with the lowest metric; "" when there is none. Lines nobody
/// understands are passed over.
std::string default_interface_of_ipv4(std::istream& routes);
/// The same of /proc/net/ipv6_route; default routes over `lo` lead nowhere.
std::string default_interface_of_ipv6(std::istream& routes);

}  // namespace fieldsync::platform::posix
