#pragma once

#include "platform/clock.h"

namespace fieldsync::platform {

/// Calendar time that never jumps: the wall time of its making plus what has passed since. What
/// waits for a time waits by it, so that setting the machine's clock neither ends nor prolongs a
/// wait. Times that people read are taken from the clock itself. Any thread.
class SteadyClock final : public Clock {
 public:
  explicit SteadyClock(const Clock& clock)
      : clock_(clock), wall_at_start_(clock.wall()), start_(clock.now()) {}
  base::Instant now() const override { return clock_.now(); }
  base::WallTime wall() const override { return wall_at_start_ + (clock_.now() - start_); }
  int utc_offset_minutes(base::WallTime at) const override { return clock_.utc_offset_minutes(at); }

 private:
  const Clock& clock_;
  base::WallTime wall_at_start_;
  base::Instant start_;
};

}  // namespace fieldsync::platform
