#pragma once

#include <string>

namespace fieldsync::platform {

/// The network that this machine's way out leads over.
struct NetworkState {
  std::string interface;  ///< "wlan0"; "" while there is no way out, or none is known
  /// What its bytes cost, as the system says. unknown: it says nothing.
  enum class Cost { unknown, unmetered, metered, roaming } cost = Cost::unknown;
};

/// Asks the system; some 50 us, any thread. On Linux: the interface of the default route with the
/// lowest metric; a modem or a dialled link is metered, of others nothing is known, and roaming is
/// never told. What the person's config says of an interface comes before it.
NetworkState current_network();

}  // namespace fieldsync::platform
