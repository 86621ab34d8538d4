#pragma once

#include <functional>
#include <memory>

#include "platform/event_loop.h"

namespace fieldsync::platform {

/// Watches the machine's ways to the network while it lives.
class NetworkMonitor {
 public:
  virtual ~NetworkMonitor() = default;
};

/// Calls `changed` on the loop after a link went up or down, or an address or a route came or went:
/// at once for the first of changes that follow each other within tuning::kNetworkQuiet, and once
/// more after the last of them, when all is in place. It says nothing of whether the service can be
/// reached. Nothing when the system has no way to tell: then only time
/// and success elsewhere are evidence. Destroyed on the loop thread: `changed` is not called after.
std::unique_ptr<NetworkMonitor> watch_network(EventLoop& loop, std::function<void()> changed);

}  // namespace fieldsync::platform
