#pragma once

#include <functional>
#include <memory>

#include "platform/event_loop.h"

namespace fieldsync::platform {

enum class PowerEvent {
  falls_asleep,
  woke_up,
  person_came,  ///< logged in or unlocked the screen; told to a Windows service only
};

/// Watches the machine's sleep while it lives.
class PowerMonitor {
 public:
  virtual ~PowerMonitor() = default;
};

/// Calls `told` on the loop when the machine is about to sleep and when it woke up (logind's
/// PrepareForSleep), at most once in tuning::kPowerQuiet each. Any program of this machine may send
/// that signal, so it may only ever be taken as a hint. Nothing when the system has no way to tell.
/// Destroyed on the loop thread: `told` is not called after.
std::unique_ptr<PowerMonitor> watch_power(EventLoop& loop, std::function<void(PowerEvent)> told);

}  // namespace fieldsync::platform
