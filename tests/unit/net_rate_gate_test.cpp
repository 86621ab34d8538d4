#include "net/rate_gate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "platform/base/time_text.h"
#include "platform/random.h"

using namespace fieldsync;
using namespace fieldsync::net;
using base::Millis;
using base::WallTime;

namespace {

constexpr WallTime kStart{Millis(1'790'000'000'000)};

HttpResponse told(int status, const std::string& limit, const std::string& remaining,
                  const std::string& reset) {
  HttpResponse reply;
  reply.status = status;
  reply.headers.add("X-Rate-Limit-Limit", limit);
  reply.headers.add("X-Rate-Limit-Remaining", remaining);
  reply.headers.add("X-Rate-Limit-Reset", reset);
  return reply;
}

HttpResponse told(int limit, int remaining, Millis reset_in, int status = 200) {
  return told(status, std::to_string(limit), std::to_string(remaining),
              std::to_string((kStart + reset_in).since_epoch.count() / 1000));
}

std::int64_t wait_of(const RateGate& gate, Millis at = Millis(0)) {
  return (gate.may_send_at(kStart + at) - (kStart + at)).count();
}

}  // namespace

TEST_CASE("gate: before the first answer the assumed spike limit holds") {
  RateGate gate(platform::Random(1));
  for (int i = 0; i < 25; ++i) {
    CHECK(wait_of(gate) == 0);
    gate.sent(kStart);
  }
  CHECK(wait_of(gate) == 10'250);
  CHECK(wait_of(gate, Millis(10'250)) == 0);
  CHECK(gate.sent_total() == 25);
  CHECK_FALSE(gate.hourly().has_value());
}

TEST_CASE("gate: what an earlier run was told of the hour holds until this one is told") {
  const WallTime ends = kStart + Millis(1'800'000);
  RateGate gate(platform::Random(1));
  gate.remember_hourly({600, 0, ends, {}});
  CHECK(wait_of(gate) == 0);  // one request may ask
  gate.sent(kStart);
  CHECK(wait_of(gate) == 1'800'000);
  gate.answered(told(600, 400, Millis(1'800'000)), kStart);
  gate.remember_hourly({600, 5, ends, {}});
  CHECK(gate.hourly()->remaining == 400);
  RateGate none(platform::Random(1));
  none.remember_hourly({0, 5, ends, {}});
  CHECK_FALSE(none.hourly().has_value());
  RateGate over(platform::Random(1));
  over.remember_hourly({600, 3, kStart - Millis(1), {}});
  over.sent(kStart);
  CHECK(over.hourly()->remaining == 599);  // the limit is known, the hour is a new one
}

TEST_CASE("gate: the three headers are told apart by their reset and limit") {
  struct Row {
    std::string why;
    int limit;
    Millis reset_in;
    bool is_hourly;
  };
  const std::vector<Row> rows = {
      {"resets in half an hour", 600, Millis(1'800'000), true},
      {"resets in a minute and a bit", 600, Millis(61'000), true},
      {"resets within a spike window", 25, Millis(8'000), false},
      {"resets soon but is far too large for ten seconds", 600, Millis(8'000), true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    RateGate gate(platform::Random(1));
    gate.answered(told(row.limit, 3, row.reset_in), kStart);
    CHECK(gate.hourly().has_value() == row.is_hourly);
    CHECK(gate.spike().has_value() == !row.is_hourly);
  }
  SUBCASE("a small hourly limit is recognised again in its last seconds") {
    RateGate gate(platform::Random(1));
    gate.answered(told(100, 50, Millis(1'800'000)), kStart);
    gate.answered(told(100, 2, Millis(5'000)), kStart);
    CHECK_FALSE(gate.spike().has_value());
    REQUIRE(gate.hourly().has_value());
    CHECK(gate.hourly()->remaining == 2);
  }
}

TEST_CASE("gate: no more leave than remain, until the window resets") {
  RateGate gate(platform::Random(1));
  gate.answered(told(600, 2, Millis(1'800'000)), kStart);
  gate.sent(kStart);
  CHECK(wait_of(gate) == 0);
  gate.sent(kStart);
  CHECK(wait_of(gate) == 1'800'000);
  CHECK(wait_of(gate, Millis(1'800'000)) == 0);
  gate.sent(kStart + Millis(1'800'000));
  REQUIRE(gate.hourly().has_value());
  CHECK(gate.hourly()->remaining == 599);
}

TEST_CASE("gate: an answer from before our latest requests does not raise our count") {
  RateGate gate(platform::Random(1));
  gate.answered(told(600, 5, Millis(1'800'000)), kStart);
  for (int i = 0; i < 5; ++i) gate.sent(kStart);
  gate.answered(told(600, 4, Millis(1'800'000)), kStart);
  CHECK(wait_of(gate) > 0);
  SUBCASE("others using the same budget lower it") {
    RateGate other(platform::Random(1));
    other.answered(told(600, 300, Millis(1'800'000)), kStart);
    other.answered(told(600, 0, Millis(1'800'000)), kStart);
    CHECK(wait_of(other) == 1'800'000);
  }
}

TEST_CASE("gate: a 429 closes it until the later of what was asked") {
  struct Row {
    std::string why;
    std::string retry_after;
    Millis reset_in;
    std::int64_t wait;  ///< at least
  };
  const std::vector<Row> rows = {
      {"only the reset", "", Millis(8'000), 8'000},
      {"only Retry-After", "30", Millis(0), 30'000},
      {"Retry-After is later", "30", Millis(8'000), 30'000},
      {"the reset is later", "3", Millis(8'000), 8'000},
      {"neither", "", Millis(0), 10'000},
      {"Retry-After is garbage", "later", Millis(0), 10'000},
      {"a day is too long to stay away", "86400", Millis(0), 3'600'000},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    HttpResponse reply;
    reply.status = 429;
    if (row.reset_in > Millis(0)) reply = told(25, 0, row.reset_in, 429);
    if (!row.retry_after.empty()) reply.headers.add("Retry-After", row.retry_after);
    RateGate gate(platform::Random(1));
    gate.answered(reply, kStart);
    CHECK(wait_of(gate) >= row.wait);
    // A window that others used up is followed by turns.
    CHECK(wait_of(gate) <= row.wait + (row.reset_in > Millis(0) ? 15'000 : 0));
  }
}

TEST_CASE("gate: refusals without a time back off, doubling to a limit, until an answer comes") {
  RateGate gate(platform::Random(1));
  HttpResponse refused;
  refused.status = 429;
  WallTime now = kStart;
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 9; ++i) {
    gate.answered(refused, now);
    waits.push_back((gate.may_send_at(now) - now).count() / 1000);
    now = gate.may_send_at(now);
  }
  CHECK(waits == std::vector<std::int64_t>{10, 20, 40, 80, 160, 320, 600, 600, 600});
  HttpResponse fine;
  fine.status = 200;
  gate.answered(fine, now);
  gate.answered(refused, now);
  CHECK((gate.may_send_at(now) - now) == Millis(10'000));
}

TEST_CASE("gate: a busy service closes it only when it says for how long") {
  RateGate gate(platform::Random(1));
  HttpResponse busy;
  busy.status = 503;
  gate.answered(busy, kStart);
  CHECK(wait_of(gate) == 0);
  busy.headers.add("Retry-After", "20");
  gate.answered(busy, kStart);
  CHECK(wait_of(gate) == 20'000);
}

TEST_CASE("gate: headers that cannot be true teach nothing") {
  const std::string soon = std::to_string(kStart.since_epoch.count() / 1000 + 5);
  const std::string past = std::to_string(kStart.since_epoch.count() / 1000 - 5);
  const std::string year = std::to_string(kStart.since_epoch.count() / 1000 + 31'536'000);
  const std::vector<HttpResponse> replies = {
      told(200, "0", "0", soon),
      told(200, "-25", "0", soon),
      told(200, "25", "-1", soon),
      told(200, "25", "0", past),
      told(200, "25", "0", year),
      told(200, "25", "0", "-1"),
      told(200, "x", "0", soon),
      told(200, "25", "", soon),
      told(200, "25", "0", "soon"),
      told(200, "99999999999999999999", "0", soon),
      told(200, "25", "0", "9223372036854775807"),
  };
  for (const HttpResponse& reply : replies) {
    CAPTURE(reply.headers.text("X-Rate-Limit-Limit"));
    CAPTURE(reply.headers.text("X-Rate-Limit-Reset"));
    RateGate gate(platform::Random(1));
    gate.answered(reply, kStart);
    CHECK_FALSE(gate.hourly().has_value());
    CHECK_FALSE(gate.spike().has_value());
    CHECK(wait_of(gate) == 0);
  }
}

TEST_CASE("gate: the service's clock tells how far its reset is, not ours") {
  RateGate gate(platform::Random(1));
  HttpResponse reply = told(25, 0, Millis(8'000));
  reply.headers.add("Date", "Mon, 21 Sep 2026 14:13:20 GMT");
  const auto date = base::parse_http_date(reply.headers.text("Date"));
  REQUIRE(date.has_value());
  reply = told(200, "25", "0", std::to_string(date->since_epoch.count() / 1000 + 8));
  reply.headers.add("Date", "Mon, 21 Sep 2026 14:13:20 GMT");
  const WallTime our_clock = *date - Millis(7'200'000);
  gate.answered(reply, our_clock);
  CHECK((gate.may_send_at(our_clock) - our_clock) == Millis(8'000));
}

TEST_CASE("gate: a clock set back by hours costs a spike window, not hours") {
  RateGate gate(platform::Random(1));
  gate.answered(told(600, 0, Millis(1'800'000)), kStart);
  HttpResponse refused;
  refused.status = 429;
  gate.answered(refused, kStart);
  for (int i = 0; i < 25; ++i) gate.sent(kStart);
  const WallTime back = kStart - Millis(36'000'000);
  CHECK((gate.may_send_at(back) - back) <= Millis(10'250));
}

TEST_CASE("gate: in any ten seconds no more than the spike limit leaves") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    platform::Random random(seed);
    const int limit = static_cast<int>(random.between(5, 60));
    RateGate gate(platform::Random(1));
    gate.answered(told(limit, limit, Millis(9'000)), kStart);
    std::vector<WallTime> left;
    WallTime now = kStart;
    for (int i = 0; i < 600; ++i) {
      if (random.chance(0.3)) now = now + Millis(random.between(0, 3'000));
      now = gate.may_send_at(now);
      gate.sent(now);
      left.push_back(now);
      if (random.chance(0.2)) {
        // Whatever the service says of what remains, the sliding count holds.
        const Millis reset = (now - kStart) + Millis(random.between(1'000, 10'000));
        gate.answered(told(limit, static_cast<int>(random.between(0, limit)), reset), now);
      }
      REQUIRE(gate.may_send_at(now) - now <= Millis(20'000));
    }
    const auto size = static_cast<std::size_t>(limit);
    for (std::size_t i = 0; i + size < left.size(); ++i) {
      REQUIRE(left[i + size] - left[i] > Millis(10'000));
    }
  }
}

TEST_CASE("gate: after an outage any answer of the service lets the calls behind the first go") {
  for (const int status : {200, 404, 401}) {
    CAPTURE(status);
    RateGate gate(platform::Random(1));
    gate.link_is_back(kStart);
    CHECK(gate.takes_turns());
    gate.sent(kStart);
    CHECK(wait_of(gate) == 2'000);
    HttpResponse reply;
    reply.status = status;
    gate.answered(reply, kStart);
    CHECK(wait_of(gate) == 0);
    CHECK_FALSE(gate.takes_turns());
  }
}
