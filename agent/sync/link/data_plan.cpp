#include "agent/sync/link/data_plan.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::ByteCount;
using base::Millis;
using base::WallTime;

namespace {

constexpr std::int64_t kDayMinutes = 24 * 60;
constexpr std::int64_t kMinuteMillis = 60'000;
/// A plan of the week says within eight days when files may go, or never: each step ends at least
/// one wait of an hour of the week or of a day.
constexpr int kStepsMax = 64;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// 0: Monday. 1970-01-01 was a Thursday.
int weekday(std::int64_t day) { return static_cast<int>(((day + 3) % 7 + 7) % 7); }

bool begins_on(const WeekSpan& span, std::int64_t day) {
  return (span.days >> weekday(day) & 1) != 0;
}

/// `minute` is of local time since 1970.
bool is_within(const WeekSpan& span, std::int64_t minute) {
  const std::int64_t day = floor_div(minute, kDayMinutes);
  const std::int64_t of_day = minute - day * kDayMinutes;
  if (span.from_minute < span.to_minute) {
    return begins_on(span, day) && of_day >= span.from_minute && of_day < span.to_minute;
  }
  return (begins_on(span, day) && of_day >= span.from_minute) ||
         (begins_on(span, day - 1) && of_day < span.to_minute);
}

/// The first local minute after `minute` at which one of the spans begins.
std::int64_t next_beginning(const std::vector<WeekSpan>& spans, std::int64_t minute) {
  const std::int64_t today = floor_div(minute, kDayMinutes);
  for (std::int64_t day = today; day <= today + 7; ++day) {
    std::int64_t first = -1;
    for (const WeekSpan& span : spans) {
      const std::int64_t begins = day * kDayMinutes + span.from_minute;
      const bool counts = begins_on(span, day) && begins > minute;
      if (counts && (first < 0 || begins < first)) first = begins;
    }
    if (first >= 0) return first;
  }
  return minute + 7 * kDayMinutes;  // a span of no day at all; the config refuses it
}

/// One limit that applies, with what the day used of it.
struct Limit {
  const DataLimits* limits;
  ByteCount used;
  const char* where;  ///< " on metered networks"
};

std::vector<Limit> limits_of(const DataPlan& plan, Cost cost, const DataUse& use) {
  std::vector<Limit> all{{&plan.always, use.always, ""}};
  const bool is_roaming = cost == Cost::roaming;
  if (is_roaming || cost == Cost::metered) {
    all.push_back({&plan.metered, use.metered, " on metered networks"});
  }
  if (is_roaming) all.push_back({&plan.roaming, use.roaming, " while roaming"});
  return all;
}

struct Obstacle {
  std::optional<std::int64_t> ends;  ///< local minute
  std::string words;
};

/// What keeps files back at `minute`; nothing when they may go.
std::optional<Obstacle> obstacle_at(const std::vector<Limit>& limits, std::int64_t minute,
                                    std::int64_t today) {
  for (const Limit& limit : limits) {
    const auto& spans = limit.limits->files_at;
    const auto is_open = [&](const WeekSpan& span) { return is_within(span, minute); };
    if (!spans.empty() && std::none_of(spans.begin(), spans.end(), is_open)) {
      return Obstacle{next_beginning(spans, minute),
                      std::string("files are not to travel at this hour") + limit.where};
    }
    const auto& most = limit.limits->bytes_a_day;
    if (!most) continue;
    if (*most == 0) return Obstacle{{}, std::string("no files are to travel") + limit.where};
    const std::int64_t day = floor_div(minute, kDayMinutes);
    if (day == today && limit.used >= *most) {
      return Obstacle{(day + 1) * kDayMinutes, base::bytes_to_human(limit.used) + " of the day's " +
                                                   base::bytes_to_human(*most) + limit.where +
                                                   " are used"};
    }
  }
  return std::nullopt;
}

bool matches(const std::string& pattern, const std::string& name) {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
}

}  // namespace

Cost cost_of(const DataPlan& plan, const platform::NetworkState& network) {
  const auto is_listed = [&](const std::vector<std::string>& patterns) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
      return matches(pattern, network.interface);
    });
  };
  if (network.interface.empty()) return network.cost;
  // Abroad is abroad, whatever the person said of the interface at home.
  if (is_listed(plan.metered_interfaces)) {
    return network.cost == Cost::roaming ? Cost::roaming : Cost::metered;
  }
  return is_listed(plan.unmetered_interfaces) ? Cost::unmetered : network.cost;
}

ByteCount send_rate(const DataPlan& plan, Cost cost) {
  ByteCount least = 0;
  for (const Limit& limit : limits_of(plan, cost, {})) {
    const ByteCount rate = limit.limits->send_bytes_per_second;
    if (rate > 0 && (least == 0 || rate < least)) least = rate;
  }
  return least;
}

DataVerdict may_carry_files(const DataPlan& plan, Cost cost, const DataUse& use, WallTime now,
                            int utc_offset_minutes) {
  const std::int64_t offset = utc_offset_minutes * kMinuteMillis;
  const std::int64_t local = floor_div(now.since_epoch.count() + offset, kMinuteMillis);
  const std::int64_t today = floor_div(local, kDayMinutes);
  const bool counts = use.day == base::to_iso_date(now, utc_offset_minutes);
  const std::vector<Limit> limits = limits_of(plan, cost, counts ? use : DataUse{});
  DataVerdict verdict;
  std::int64_t minute = local;
  for (int step = 0; step < kStepsMax; ++step) {
    const auto obstacle = obstacle_at(limits, minute, today);
    if (!obstacle) {
      if (minute != local) verdict.until = WallTime{Millis{minute * kMinuteMillis - offset}};
      return verdict;
    }
    if (verdict.files == DataVerdict::Files::go) verdict.words = obstacle->words;
    verdict.files = DataVerdict::Files::wait;
    if (!obstacle->ends) return verdict;
    minute = *obstacle->ends;
  }
  return verdict;
}

std::string_view name(Cost cost) {
  switch (cost) {
    case Cost::unknown:
      return "unknown";
    case Cost::unmetered:
      return "unmetered";
    case Cost::metered:
      return "metered";
    case Cost::roaming:
      return "roaming";
  }
  FS_CHECK(false);
}

}  // namespace fieldsync::sync
