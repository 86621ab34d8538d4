#include "agent/sync/plan/forecast.h"

#include <doctest/doctest.h>

#include "agent/sync/plan/forecast_log.h"
#include "agent/sync/plan/tuning.h"

using namespace fieldsync;
using base::Millis;
using sync::Expected;
using sync::Prospects;
using sync::Waiting;

namespace {

/// Monday, 2026-11-23, 12:00 UTC.
constexpr base::WallTime kNoon{Millis{1'795'435'200'000}};

/// 1 MB/s at 50 ms, never cut.
sync::LinkModel steady() {
  sync::LinkModel link;
  link.answered(Millis{50});
  link.sent(5'000'000, Millis{5'000});
  return link;
}

Prospects calm() {
  Prospects p;
  p.now = kNoon;
  p.link = steady();
  return p;
}

std::vector<Waiting> acts(int edits, int photos, base::ByteCount each, int videos = 0) {
  std::vector<Waiting> all;
  const auto add = [&](int count, Waiting::What what, base::ByteCount bytes) {
    for (int i = 0; i < count; ++i) {
      Waiting waiting;
      waiting.act = base::IntentId(static_cast<std::int64_t>(all.size()) + 1);
      waiting.what = what;
      waiting.files = bytes > 0 ? 1 : 0;
      waiting.bytes = bytes;
      all.push_back(waiting);
    }
  };
  add(edits, Waiting::What::edit, 0);
  add(photos, Waiting::What::photo, each);
  add(videos, Waiting::What::video, 50'000'000'000);
  return all;
}

std::string words(const std::vector<Waiting>& waiting, const Prospects& p) {
  return sync::to_words(sync::expect(waiting, p), p, sync::Counted::all);
}

/// Minutes until the last of them has arrived; -1 when that is not known.
std::int64_t minutes(const std::vector<Waiting>& waiting, const Prospects& p) {
  const auto last = sync::expect(waiting, p).back().at;
  return last ? ((*last - p.now).count() + 30'000) / 60'000 : -1;
}

}  // namespace

TEST_CASE("the forecast says what goes now, what by when, what not today, and what is not known") {
  Prospects no_rate = calm();
  no_rate.link = {};
  Prospects late = calm();
  late.now = kNoon + std::chrono::hours(11);
  Prospects in_denver = late;
  in_denver.utc_offset_minutes = -7 * 60;
  CHECK(words({}, calm()) == "nothing waits to be sent");
  CHECK(words(acts(12, 40, 15'000'000, 3), calm()) ==
        "12 edits now, 40 photos (600.0 MB) by 12:10 if the link stays, 3 videos (150.0 GB) not "
        "today");
  CHECK(words(acts(1, 1, 5'000), no_rate) ==
        "1 edit now, 1 photo (5.0 kB) once it is known how fast files leave here");
  CHECK(words(acts(0, 2, 5'000'000'000), late) == "2 photos (10.0 GB) not today");
  CHECK(words(acts(0, 2, 5'000'000'000), in_denver) ==
        "2 photos (10.0 GB) by 18:47 if the link stays");
}

TEST_CASE("the longer of bytes and calls decides, with the calls that are kept left out") {
  Prospects hour = calm();
  hour.hour = sync::HourBudget{600, 600, kNoon + std::chrono::minutes(60)};
  CHECK(minutes(acts(0, 40, 15'000'000), calm()) == 10);
  CHECK(minutes(acts(0, 180, 10'000), hour) == 0);   // 540 calls
  CHECK(minutes(acts(0, 181, 10'000), hour) == 60);  // the next waits for the next hour
  CHECK(minutes(acts(0, 400, 10'000), hour) == 120);
  hour.hour->remaining = 30;  // all kept: edits go, photos wait
  CHECK(minutes(acts(10, 0, 0), hour) == 0);
  CHECK(minutes(acts(10, 1, 10'000), hour) == 60);
  Prospects spikes = calm();
  spikes.calls_in_10_s = 25;
  CHECK(minutes(acts(0, 200, 10'000), spikes) == 4);  // 600 calls, 2.5 a second
}

TEST_CASE("the data plan is waited for, but not by what a person wants now") {
  Prospects p = calm();
  p.plan.always.files_at = {{0x7F, 18 * 60, 6 * 60}};
  CHECK(minutes(acts(0, 1, 60'000'000), p) == 6 * 60 + 1);
  auto urgent = acts(0, 1, 60'000'000);
  urgent[0].plan = Waiting::Plan::overridden;
  CHECK(minutes(urgent, p) == 1);
  p.plan = {};
  p.plan.metered.bytes_a_day = 100'000'000;
  p.cost = sync::Cost::metered;
  CHECK(minutes(acts(0, 2, 60'000'000), p) == 2);
  CHECK(minutes(acts(0, 3, 60'000'000), p) == 12 * 60 + 1);
  p.plan.metered.bytes_a_day = 0;
  CHECK(minutes(acts(0, 1, 60'000'000), p) == -1);
}

TEST_CASE("a link that is cut again and again is forecast as slower than a steady one") {
  Prospects shaky = calm();
  for (int i = 0; i < 100; ++i) shaky.link.cut(Millis{3'000});
  const auto photos = acts(0, 10, 50'000'000);
  CHECK(*sync::expect(photos, shaky).back().at > *sync::expect(photos, calm()).back().at);
}

TEST_CASE("of each act the first forecast counts, and the middle of the errors is told") {
  sync::ForecastLog log;
  const auto act = [](int id) { return base::IntentId(id); };
  const auto after = [](int minutes) { return kNoon + std::chrono::minutes(minutes); };
  CHECK_FALSE(log.median_error_percent().has_value());
  log.given(act(1), kNoon, after(10));
  log.given(act(1), after(5), after(50));  // told again: the first stands
  log.given(act(2), kNoon, after(10));
  log.given(act(3), kNoon, after(10));
  log.given(act(4), kNoon, kNoon + sync::tuning::kForecastLeast - Millis{1});
  log.delivered(act(1), after(11));  // 10 % late
  log.delivered(act(2), after(6));   // 40 % early
  log.delivered(act(4), after(90));  // was no forecast
  log.delivered(act(5), after(90));  // had none
  sync::ForecastLog read = sync::ForecastLog::from_text(log.to_text());
  read.delivered(act(3), after(500));  // simply wrong
  CHECK(read.measured() == 3);
  CHECK(read.median_error_percent() == 40);
  for (int i = 0; i < 1'000; ++i) {
    read.given(act(1'000 + i), kNoon, after(10));
    read.delivered(act(1'000 + i), after(10));
  }
  CHECK(read.measured() == static_cast<int>(sync::tuning::kForecastErrorsMax));
  CHECK(read.median_error_percent() == 0);
  for (const char* wrong : {"", "x", "-1", "2 5", "1 -3", "9999999999", "0 1 7 5"}) {
    CAPTURE(wrong);
    CHECK(sync::ForecastLog::from_text(wrong).measured() == 0);
  }
}
