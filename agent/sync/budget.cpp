#include "agent/sync/budget.h"

#include <algorithm>

#include "agent/sync/tuning.h"

namespace fieldsync::sync {

namespace {
constexpr std::int64_t kHour = 3'600'000;
}  // namespace

std::optional<HourBudget> hour_budget(const net::RateGate& gate, base::WallTime now) {
  const auto told = gate.hourly();
  if (!told) return std::nullopt;
  if (told->resets_at > now) return HourBudget{told->limit, told->remaining, told->resets_at};
  return HourBudget{told->limit, told->limit, now + base::Millis{kHour}};
}

int kept_for_people(const HourBudget& hour, base::WallTime now) {
  const std::int64_t most = std::min(tuning::kCallsKept, hour.limit / tuning::kCallsKeptShare);
  const auto left = std::clamp<std::int64_t>((hour.resets_at - now).count(), 0, kHour);
  return static_cast<int>((most * left + kHour - 1) / kHour);
}

}  // namespace fieldsync::sync
