#include "agent/sync/link/budget.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "agent/sync/link/tuning.h"

namespace fieldsync::sync {

namespace {
constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kSameHour = 60'000;
}  // namespace

std::optional<HourBudget> hour_budget(const net::RateGate& gate, base::WallTime now) {
  const auto told = gate.hourly();
  if (!told) return std::nullopt;
  if (told->resets_at > now) return HourBudget{told->limit, told->remaining, told->resets_at};
  return HourBudget{told->limit, told->limit, now + base::Millis{kHour}};
}

bool is_news(const HourBudget& hour, const std::optional<HourBudget>& kept) {
  // The end is told in whole seconds, and moves by one now and then.
  return !kept || kept->limit != hour.limit ||
         std::abs((kept->resets_at - hour.resets_at).count()) > kSameHour ||
         kept->remaining - hour.remaining >= hour.limit / tuning::kBudgetKeptShare;
}

std::string to_text(const HourBudget& hour) {
  return std::to_string(hour.limit) + ' ' + std::to_string(hour.remaining) + ' ' +
         std::to_string(hour.resets_at.since_epoch.count());
}

std::optional<HourBudget> hour_from(const std::string& text) {
  std::istringstream words(text);
  HourBudget hour;
  std::int64_t resets_at = 0;
  words >> hour.limit >> hour.remaining >> resets_at;
  if (words.fail() || hour.limit <= 0 || hour.remaining < 0) return std::nullopt;
  hour.resets_at = base::WallTime{base::Millis{resets_at}};
  return hour;
}

int kept_for_people(const HourBudget& hour, base::WallTime now) {
  const std::int64_t most = std::min(tuning::kCallsKept, hour.limit / tuning::kCallsKeptShare);
  const auto left = std::clamp<std::int64_t>((hour.resets_at - now).count(), 0, kHour);
  return static_cast<int>((most * left + kHour - 1) / kHour);
}

}  // namespace fieldsync::sync
