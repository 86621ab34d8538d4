#include "net/shared_pace.h"

#include <doctest/doctest.h>

#include "net/rate_gate.h"
#include "net/tuning.h"

using namespace fieldsync;
using namespace fieldsync::net;
using base::Millis;
using base::WallTime;

namespace {

constexpr WallTime kStart{Millis(1'790'000'000'000)};

constexpr Millis kWindow{10'000};

/// A window of ten seconds that began at `kStart`.
RateWindow spike(int remaining) { return {25, remaining, kStart + kWindow, kWindow}; }

SharedPace refused_pace() {
  SharedPace pace(platform::Random(1));
  pace.refused(spike(0), kStart + Millis(1'000));
  return pace;
}

}  // namespace

TEST_CASE("pace: alone there is no pause, however much is sent") {
  SharedPace pace(platform::Random(1));
  for (int i = 1; i <= 25; ++i) {
    pace.sent(kStart);
    pace.taken(spike(25 - i), std::nullopt, kStart);
    CHECK(pace.next_at(kStart) == kStart);
  }
}

TEST_CASE("pace: who had nothing of a used-up window waits past its end, longer each time") {
  SharedPace pace = refused_pace();
  CHECK(pace.pause() == kWindow);
  CHECK(pace.next_at(kStart) >= kStart + Millis(15'000));
  CHECK(pace.next_at(kStart) <= kStart + Millis(25'000));
  pace.sent(kStart + kWindow);
  pace.refused(spike(0), kStart + kWindow);
  CHECK(pace.pause() == Millis(40'000));
  for (int i = 0; i < 20; ++i) {
    pace.sent(kStart + kWindow);
    pace.refused(spike(0), kStart + kWindow);
  }
  CHECK(pace.pause() == tuning::kPaceMax);
}

TEST_CASE("pace: calls that left together and are refused together make us slower once") {
  SharedPace pace = refused_pace();
  for (int i = 0; i < 5; ++i) pace.refused(spike(0), kStart + Millis(1'100));
  CHECK(pace.pause() == kWindow);
  CHECK(pace.next_at(kStart) >= kStart + Millis(15'000));
}

TEST_CASE("pace: who had a share of an hour that is used up takes as much of the next") {
  SharedPace pace(platform::Random(1));
  const RateWindow open{3'600, 100, kStart + tuning::kHour, tuning::kHour};
  for (int i = 0; i < 4; ++i) pace.taken(open, 3'600, kStart + Millis(60'000));
  RateWindow used_up = open;
  used_up.remaining = 0;
  pace.refused(used_up, kStart + Millis(600'000));
  CHECK(pace.pause() == Millis(900'000));
  CHECK(pace.next_at(kStart) > kStart + tuning::kHour);
}

TEST_CASE("pace: machines refused together do not come back together") {
  WallTime first = kStart + tuning::kHour;
  WallTime last = kStart;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SharedPace pace((platform::Random(seed)));
    pace.refused(spike(0), kStart);
    first = std::min(first, pace.next_at(kStart));
    last = std::max(last, pace.next_at(kStart));
  }
  CHECK(last - first > Millis(9'000));
}

TEST_CASE(
    "pace: an answer that shows a free budget ends the pauses, a full one makes them longer") {
  SharedPace pace = refused_pace();
  SUBCASE("free") {
    const WallTime now = kStart + Millis(8'000);
    for (int i = 0; i < 3; ++i) pace.taken(spike(24 - i), std::nullopt, now);
    CHECK(pace.pause() == Millis(0));
    CHECK(pace.next_at(now) == now);
  }
  SUBCASE("no limits told at all") {
    for (int i = 0; i < 3; ++i) pace.taken_without_limits(kStart);
    CHECK(pace.pause() == Millis(0));
  }
  SUBCASE("full") {
    pace.taken(spike(0), std::nullopt, kStart + Millis(5'000));
    CHECK(pace.pause() > Millis(10'000));
  }
  SUBCASE("free for ten seconds, but not for the hour") {
    pace.taken(spike(13), 600, kStart + Millis(9'000));
    CHECK(pace.pause() > Millis(10'000));
  }
  SUBCASE("too early in the window to tell: the next call looks again soon") {
    pace.taken(spike(24), std::nullopt, kStart + Millis(500));
    CHECK(pace.pause() == Millis(10'000));
    CHECK(pace.next_at(kStart) <= kStart + Millis(7'000));
  }
}

TEST_CASE("pace: a turn is two calls close to each other, so that an edit follows its look") {
  SharedPace pace = refused_pace();
  const WallTime turn = pace.next_at(kStart);
  pace.sent(turn);
  const WallTime answered = turn + Millis(3'000);
  CHECK(pace.next_at(answered) == answered);
  SUBCASE("the third waits for the next turn") {
    pace.sent(answered);
    CHECK(pace.next_at(answered) >= answered + Millis(5'000));
  }
  SUBCASE("what comes much later is a turn of its own") {
    const WallTime late = turn + tuning::kPaceTurnMax + Millis(1);
    CHECK(pace.next_at(late) >= turn + Millis(5'000));
  }
  SUBCASE("a refusal ends the turn") {
    pace.refused(spike(0), kStart);
    CHECK(pace.next_at(answered) > answered);
  }
}

TEST_CASE("pace: after an outage one call goes ahead, and its answer lets the others go") {
  SharedPace pace(platform::Random(1));
  pace.link_is_back(kStart);
  CHECK(pace.next_at(kStart) == kStart);
  pace.sent(kStart);
  CHECK(pace.next_at(kStart) == kStart + tuning::kPaceScout);
  const WallTime answered = kStart + Millis(100);
  pace.taken(spike(24), std::nullopt, answered);
  CHECK(pace.next_at(answered) == answered);
  pace.sent(answered);
  CHECK(pace.next_at(answered) == answered);
}

TEST_CASE("pace: a person's wish comes before the turn") {
  SharedPace pace = refused_pace();
  pace.turn_now();
  CHECK(pace.next_at(kStart) == kStart);
}
