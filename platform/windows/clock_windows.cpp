#include "platform/host.h"
#include "platform/windows/system.h"

namespace fieldsync::platform {
namespace {

constexpr std::int64_t kSecondsTo1970 = 11'644'473'600;  // from 1601, where the system counts from

class SystemClock final : public Clock {
 public:
  base::Instant now() const override {
    LARGE_INTEGER ticks{};
    LARGE_INTEGER per_second{};
    ::QueryPerformanceCounter(&ticks);
    ::QueryPerformanceFrequency(&per_second);
    // Whole seconds apart: ticks times 1,000 would overflow after some years of uptime.
    const std::int64_t seconds = ticks.QuadPart / per_second.QuadPart;
    const std::int64_t rest = ticks.QuadPart % per_second.QuadPart;
    return {base::Millis{seconds * 1'000 + rest * 1'000 / per_second.QuadPart}};
  }

  base::WallTime wall() const override {
    FILETIME stamp{};
    ::GetSystemTimePreciseAsFileTime(&stamp);
    const std::int64_t ticks = static_cast<std::int64_t>(
        (std::uint64_t{stamp.dwHighDateTime} << 32) | stamp.dwLowDateTime);
    return {base::Millis{ticks / 10'000 - kSecondsTo1970 * 1'000}};
  }

  int utc_offset_minutes(base::WallTime at) const override {
    const std::int64_t ticks = (at.since_epoch.count() + kSecondsTo1970 * 1'000) * 10'000;
    if (ticks < 0) return 0;
    const auto utc = stamp_of(ticks);
    SYSTEMTIME parts{};
    SYSTEMTIME local{};
    FILETIME there{};
    if (!::FileTimeToSystemTime(&utc, &parts) ||
        !::SystemTimeToTzSpecificLocalTime(nullptr, &parts, &local) ||
        !::SystemTimeToFileTime(&local, &there)) {
      return 0;
    }
    const auto local_ticks = static_cast<std::int64_t>((std::uint64_t{there.dwHighDateTime} << 32) |
                                                       there.dwLowDateTime);
    // The parts are whole milliseconds, the question may be none.
    constexpr std::int64_t kTicksPerMinute = 600'000'000;
    const std::int64_t half = local_ticks >= ticks ? kTicksPerMinute / 2 : -kTicksPerMinute / 2;
    return static_cast<int>((local_ticks - ticks + half) / kTicksPerMinute);
  }

 private:
  static FILETIME stamp_of(std::int64_t ticks) {
    return {static_cast<DWORD>(ticks), static_cast<DWORD>(ticks >> 32)};
  }
};

}  // namespace

std::unique_ptr<Clock> make_system_clock() { return std::make_unique<SystemClock>(); }

}  // namespace fieldsync::platform
