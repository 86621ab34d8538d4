#pragma once

#include <optional>

#include "platform/network_state.h"

namespace fieldsync::platform::posix {

/// What the bytes of the network that the way out leads over cost, as NetworkManager says; nothing
/// where it does not run, does not know, or has not answered within tuning::kBusAnswerMax. It is
/// not started for it. Any thread.
std::optional<NetworkState::Cost> cost_by_network_manager();

}  // namespace fieldsync::platform::posix
