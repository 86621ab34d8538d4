#include "platform/power_monitor.h"

// Where there is no libsystemd to speak to logind.

namespace fieldsync::platform {

std::unique_ptr<PowerMonitor> watch_power(EventLoop&, std::function<void(PowerEvent)>) {
  return nullptr;
}

}  // namespace fieldsync::platform
