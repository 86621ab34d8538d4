#pragma once

#include <functional>
#include <string>

namespace fieldsync::platform {

/// What the operating system asks of a long-running program.
struct ServiceEvents {
  std::function<void()> stop;    ///< end in order; called from any thread, once or more
  std::function<void()> reload;  ///< read the config again
};

/// Runs `body` with the events wired to the system (SIGTERM, SIGINT, SIGHUP; control manager).
/// Returns what `body` returns.
int run_as_service(const ServiceEvents& events, const std::function<int()>& body);

}  // namespace fieldsync::platform
