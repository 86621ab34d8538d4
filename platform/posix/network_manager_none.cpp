#include "platform/posix/network_manager.h"

namespace fieldsync::platform::posix {

std::optional<NetworkState::Cost> cost_by_network_manager() { return std::nullopt; }

}  // namespace fieldsync::platform::posix
