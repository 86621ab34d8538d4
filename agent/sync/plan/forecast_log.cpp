#include "agent/sync/plan/forecast_log.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "agent/sync/plan/tuning.h"

namespace fieldsync::sync {

using base::Millis;
using base::WallTime;

namespace {
/// What is off by more than ten times the span is simply wrong; by how much says nothing.
constexpr std::int64_t kPercentMax = 1'000;
}  // namespace

void ForecastLog::given(base::IntentId act, WallTime now, WallTime expected) {
  if (expected - now < tuning::kForecastLeast) return;
  if (open_.size() >= tuning::kForecastsOpenMax) return;
  if (open_.emplace(act, Given{now, expected}).second) kept_ = Kept::not_all;
}

void ForecastLog::delivered(base::IntentId act, WallTime now) {
  const auto found = open_.find(act);
  if (found == open_.end()) return;
  const std::int64_t forecast = (found->second.expected - found->second.at).count();
  const std::int64_t off = std::abs((now - found->second.expected).count());
  errors_.push_back(static_cast<int>(std::min(off * 100 / forecast, kPercentMax)));
  if (errors_.size() > tuning::kForecastErrorsMax) errors_.pop_front();
  open_.erase(found);
  kept_ = Kept::not_all;
}

std::optional<int> ForecastLog::median_error_percent() const {
  if (errors_.empty()) return std::nullopt;
  std::vector<int> sorted(errors_.begin(), errors_.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted[sorted.size() / 2];
}

std::string ForecastLog::to_text() {
  std::ostringstream text;
  text << errors_.size();
  for (const int error : errors_) text << ' ' << error;
  for (const auto& [act, given] : open_) {
    text << ' ' << act.raw() << ' ' << given.at.since_epoch.count() << ' '
         << given.expected.since_epoch.count();
  }
  kept_ = Kept::all;
  return text.str();
}

ForecastLog ForecastLog::from_text(const std::string& text) {
  std::istringstream words(text);
  ForecastLog log;
  std::size_t errors = 0;
  words >> errors;
  if (words.fail() || errors > tuning::kForecastErrorsMax) return {};
  for (std::size_t i = 0; i < errors; ++i) {
    int error = 0;
    if (!(words >> error) || error < 0 || error > kPercentMax) return {};
    log.errors_.push_back(error);
  }
  std::int64_t act = 0, at = 0, expected = 0;
  while (words >> act >> at >> expected && log.open_.size() < tuning::kForecastsOpenMax) {
    if (expected <= at) return {};
    log.open_.emplace(base::IntentId(act), Given{WallTime{Millis{at}}, WallTime{Millis{expected}}});
  }
  return log;
}

}  // namespace fieldsync::sync
