#include "agent/sync/plan/forecast.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/sync/plan/tuning.h"
#include "platform/base/check.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::ByteCount;
using base::Millis;
using base::WallTime;

namespace {

constexpr Millis kHour{3'600'000};
constexpr Millis kSpikeWindow{10'000};

/// Plays through what waits: bytes go one after the other, calls by the hour and by the ten
/// seconds, files when the data plan lets them.
class Play {
 public:
  explicit Play(const Prospects& p) : p_(p), free_at_(p.now), use_(p.use) {
    if (p.hour) kept_ = kept_for_people(*p.hour, p.now);
  }

  std::optional<WallTime> next(const Waiting& waiting) {
    if (waiting.files == 0) {
      calls_ += tuning::kCallsPerEdit;
      return std::max(waiting.not_before, call_at(calls_, 0)) + answers(tuning::kCallsPerEdit);
    }
    calls_ += waiting.files * tuning::kCallsPerFile;
    if (p_.link.rate() <= 0) return std::nullopt;
    const auto begins = may_begin(std::max(free_at_, waiting.not_before), waiting.plan);
    if (!begins) return std::nullopt;
    free_at_ = *begins + time_of(waiting.bytes);
    count(*begins, waiting.bytes);
    // A list proves many of them at once; they wait for it, half of the longest time on average.
    return std::max(free_at_, call_at(calls_, kept_)) + answers(tuning::kCallsPerFile) +
           tuning::kReadBackPatience / 2;
  }

 private:
  Millis answers(int count) const { return p_.link.round_trip() * count; }

  /// A part that is cut is sent again: on average (e^x - 1)/x of its time with x = its time over
  /// the link's life.
  Millis time_of(ByteCount bytes) const {
    const auto plain = static_cast<double>(p_.link.time_for(bytes).count());
    const auto part =
        static_cast<double>(p_.link.time_for(std::min(bytes, p_.link.part_size())).count());
    const double x =
        std::min(part / static_cast<double>(p_.link.life().count()), tuning::kHopeless);
    return Millis{static_cast<std::int64_t>(plain * (x > 0 ? std::expm1(x) / x : 1))};
  }

  /// When the n-th call from now may leave.
  WallTime call_at(int n, int kept) const {
    const auto in_a_row = [this](std::int64_t nth) {
      if (p_.calls_in_10_s <= 0) return Millis{0};
      return kSpikeWindow * std::max<std::int64_t>(0, nth - p_.calls_in_10_s) / p_.calls_in_10_s;
    };
    const int now = p_.hour ? std::max(0, p_.hour->remaining - kept) : n;
    if (n <= now) return p_.now + in_a_row(n);
    const std::int64_t later = n - now - 1;
    const int limit = std::max(1, p_.hour->limit);
    return p_.hour->resets_at + kHour * (later / limit) + in_a_row(later % limit);
  }

  std::optional<WallTime> may_begin(WallTime at, Waiting::Plan plan) const {
    if (plan == Waiting::Plan::overridden) return at;
    const DataVerdict verdict =
        may_carry_files(p_.plan, p_.cost, use_, at + p_.clock_ahead, p_.utc_offset_minutes);
    if (verdict.files == DataVerdict::Files::go) return at;
    if (!verdict.until) return std::nullopt;
    return *verdict.until - p_.clock_ahead;
  }

  void count(WallTime at, ByteCount bytes) {
    const std::string day = base::to_iso_date(at + p_.clock_ahead, p_.utc_offset_minutes);
    if (use_.day != day) use_ = DataUse{day};
    use_.always += bytes;
    use_.metered += bytes;
    use_.roaming += bytes;
  }

  const Prospects& p_;
  WallTime free_at_;  ///< when the way up has nothing more to carry
  DataUse use_;
  int calls_ = 0;
  int kept_ = 0;
};

/// Acts of one sort that arrive at about the same time.
struct Group {
  int count = 0;
  ByteCount bytes = 0;
  WallTime last{};
};
enum class When { now, today, not_today, not_known };

std::string counted(int number, Waiting::What what) {
  const auto of = [number](const char* one, const char* many) {
    return std::to_string(number) + " " + (number == 1 ? one : many);
  };
  switch (what) {
    case Waiting::What::edit:
      return of("edit", "edits");
    case Waiting::What::photo:
      return of("photo", "photos");
    case Waiting::What::video:
      return of("video", "videos");
    case Waiting::What::file:
      return of("file", "files");
  }
  FS_CHECK(false);
}

When when_of(const Expected& expected, const Prospects& p) {
  if (!expected.at) return p.link.rate() > 0 ? When::not_today : When::not_known;
  if (expected.files == 0 && *expected.at - p.now < tuning::kForecastLeast) return When::now;
  const auto day_of = [&](WallTime at) {
    return base::to_iso_date(at + p.clock_ahead, p.utc_offset_minutes);
  };
  return day_of(*expected.at) == day_of(p.now) ? When::today : When::not_today;
}

std::string time_of_day(WallTime at, const Prospects& p) {
  const auto local = at + p.clock_ahead + Millis{p.utc_offset_minutes * 60'000LL};
  return base::to_iso_seconds(local).substr(11, 5);
}

}  // namespace

std::vector<Expected> expect(const std::vector<Waiting>& in_order, const Prospects& prospects) {
  Play play(prospects);
  std::vector<Expected> all;
  for (const Waiting& waiting : in_order) {
    all.push_back({waiting.act, waiting.what, waiting.files, waiting.bytes, play.next(waiting)});
  }
  return all;
}

std::string to_words(const std::vector<Expected>& expected, const Prospects& p, Counted how) {
  std::array<std::array<Group, 4>, 4> groups{};
  for (const Expected& each : expected) {
    Group& group =
        groups[static_cast<std::size_t>(when_of(each, p))][static_cast<std::size_t>(each.what)];
    group.count += std::max(1, each.files);
    group.bytes += each.bytes;
    group.last = std::max(group.last, each.at.value_or(group.last));
  }
  const std::string least = how == Counted::not_all ? "at least " : "";
  std::string words;
  for (const When when : {When::now, When::today, When::not_known, When::not_today}) {
    for (std::size_t what = 0; what < 4; ++what) {
      const Group& group = groups[static_cast<std::size_t>(when)][what];
      if (group.count == 0) continue;
      words += (words.empty() ? "" : ", ") + least +
               counted(group.count, static_cast<Waiting::What>(what));
      if (group.bytes > 0) words += " (" + base::bytes_to_human(group.bytes) + ")";
      switch (when) {
        case When::now:
          words += " now";
          break;
        case When::today:
          words += " by " + time_of_day(group.last, p) + " if the link stays";
          break;
        case When::not_known:
          words += " once it is known how fast files leave here";
          break;
        case When::not_today:
          words += " not today";
          break;
      }
    }
  }
  return words.empty() ? "nothing waits to be sent" : words;
}

}  // namespace fieldsync::sync
