#include <time.h>

#include "platform/host.h"

namespace fieldsync::platform {
namespace {

class SystemClock final : public Clock {
 public:
  base::Instant now() const override { return {read(CLOCK_MONOTONIC)}; }
  base::WallTime wall() const override { return {read(CLOCK_REALTIME)}; }

  int utc_offset_minutes(base::WallTime at) const override {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at.since_epoch);
    const time_t time = static_cast<time_t>(seconds.count());
    tm local{};
    if (!localtime_r(&time, &local)) return 0;
    return static_cast<int>(local.tm_gmtoff / 60);
  }

 private:
  static base::Millis read(clockid_t id) {
    timespec at{};
    clock_gettime(id, &at);
    return base::Millis{std::int64_t{at.tv_sec} * 1000 + at.tv_nsec / 1'000'000};
  }
};

}  // namespace

std::unique_ptr<Clock> make_system_clock() { return std::make_unique<SystemClock>(); }

}  // namespace fieldsync::platform
