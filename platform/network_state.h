#pragma once

#include <string>

namespace fieldsync::platform {

/// The network that this machine's way out leads over.
struct NetworkState {
  std::string interface;  ///< "wlan0"; "" while there is no way out, or none is known
  /// What its bytes cost, as the system says. unknown: it says nothing.
  enum class Cost { unknown, unmetered, metered, roaming } cost = Cost::unknown;
};

/// Asks the system; about a millisecond, any thread. On Linux: the interface of the default route
/// with the lowest metric, and what NetworkManager says of its cost; where that does not run, a
/// modem or a dialled link is metered and of others nothing is known. Roaming is never told. What
/// the person's config says of an interface comes before it.
NetworkState current_network();

}  // namespace fieldsync::platform
