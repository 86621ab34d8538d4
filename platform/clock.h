#pragma once

#include "platform/base/types.h"

namespace fieldsync::platform {

/// Time comes from here and nowhere else; the simulator has its own. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Never goes back; stands still or jumps while the machine sleeps.
  virtual base::Instant now() const = 0;
  /// Calendar time, UTC. May step in either direction.
  virtual base::WallTime wall() const = 0;
  /// Minutes that local time is east of UTC at `at`.
  virtual int utc_offset_minutes(base::WallTime at) const = 0;
};

}  // namespace fieldsync::platform
