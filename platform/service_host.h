#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "platform/base/types.h"

namespace fieldsync::platform {

/// What the operating system asks of a long-running program.
struct ServiceEvents {
  std::function<void()> stop;    ///< end in order; called from any thread, once or more
  std::function<void()> reload;  ///< read the config again
};

/// Runs `body` with the events wired to the system (SIGTERM, SIGINT, SIGHUP; control manager).
/// Returns what `body` returns.
int run_as_service(const ServiceEvents& events, const std::function<int()>& body);

// What a service tells its manager (sd_notify(3)). Without effect where nobody asked for it. Any
// thread.

enum class ServiceState { ready, reloading, stopping };
void tell_service_state(ServiceState state);
/// One line for people: `systemctl status` shows it.
void tell_service_status(std::string_view line);
/// How often the manager wants to hear that the program is well; nothing when it does not.
std::optional<base::Millis> watchdog_interval();
void tell_service_alive();
/// Whether what is written to stderr goes to the system's journal.
bool stderr_is_journal();

}  // namespace fieldsync::platform
