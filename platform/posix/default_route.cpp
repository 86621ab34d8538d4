#include "platform/posix/default_route.h"

#include <cstdint>
#include <limits>
#include <sstream>

namespace fieldsync::platform::posix {
namespace {

/// Keeps the interface with the lowest metric; of equals the first.
class Best {
 public:
  void offer(const std::string& interface, std::uint64_t metric) {
    if (metric >= least_) return;
    least_ = metric;
    name_ = interface;
  }
  const std::string& name() const { return name_; }

 private:
  std::uint64_t least_ = std::numeric_limits<std::uint64_t>::max();
  std::string name_;
};

}  // namespace

/// Interface, destination, gateway, flags, references, use, metric, mask.
std::string default_interface_of_ipv4(std::istream& routes) {
  Best best;
  std::string line;
  while (std::getline(routes, line)) {
    std::istringstream fields(line);
    std::string name, to, gateway, flags, mask;
    std::uint64_t references = 0, use = 0, metric = 0;
    fields >> name >> to >> gateway >> flags >> references >> use >> metric >> mask;
    const bool is_default = !fields.fail() && to == "00000000" && mask == "00000000";
    if (is_default) best.offer(name, metric);
  }
  return best.name();
}

/// Destination, its length, source, its length, next hop, metric (hexadecimal), references, use,
/// flags, interface.
std::string default_interface_of_ipv6(std::istream& routes) {
  Best best;
  std::string line;
  while (std::getline(routes, line)) {
    std::istringstream fields(line);
    std::string to, length, source, source_length, hop, references, use, flags, name;
    std::uint64_t metric = 0;
    fields >> to >> length >> source >> source_length >> hop >> std::hex >> metric >> references >>
        use >> flags >> name;
    if (!fields.fail() && length == "00" && name != "lo") best.offer(name, metric);
  }
  return best.name();
}

}  // namespace fieldsync::platform::posix
