#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "platform/base/log.h"
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
/// Why the program ends without having served: where people look for it (systemctl status, the
/// event log). Also when a person started it.
void tell_service_failure(std::string_view why);

/// Whether this program runs as a service with a place for what an administrator must know: the
/// journal, which reads its stderr, or the event log.
bool has_journal();
/// One line to it, with its priority (sd-daemon(3)).
void write_to_journal(base::LogLevel level, std::string_view line);

}  // namespace fieldsync::platform
