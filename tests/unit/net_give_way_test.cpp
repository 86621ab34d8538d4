#include "net/give_way.h"

#include <doctest/doctest.h>

#include "net/tuning.h"

// A file makes way for the small requests of people.
using namespace fieldsync;
using namespace fieldsync::net;
using base::Millis;
using Small = GiveWay::Small;

namespace {

constexpr double kRate = 250e3;
constexpr platform::Delivery kFull{kRate, 0.12, 0.52};  // 0.4 s of queue
constexpr platform::Delivery kEmpty{kRate, 0.12, 0.13};
constexpr base::Instant kStart{Millis{1'000'000}};

}  // namespace

TEST_CASE("a file goes at its own rate while nobody waits, or while nothing is queued") {
  GiveWay way;
  CHECK(way.look(kStart, kFull, Small::none) == 0);
  CHECK(way.look(kStart, kEmpty, Small::waits) == 0);
  CHECK(way.look(kStart, {}, Small::waits) == 0);  // the system tells nothing
}

TEST_CASE("for a small request the queue is drained, kept short until the end, and then let be") {
  GiveWay way;
  const double slow = way.look(kStart, kFull, Small::waits);
  CHECK(slow == doctest::Approx(kRate * tuning::kDrainShare));
  // 0.4 s of queue drain in half a second; the smoothed round trip is late to show it.
  CHECK(way.look(kStart + Millis{490}, kFull, Small::waits) == slow);
  CHECK(way.look(kStart + Millis{510}, kFull, Small::waits) ==
        doctest::Approx(kRate * tuning::kHoldShare));
  // Between the look at a record and the write after it nothing is under way.
  CHECK(way.look(kStart + Millis{800}, kEmpty, Small::none) > 0);
  CHECK(way.look(kStart + Millis{900}, kEmpty, Small::waits) > 0);
  CHECK(way.look(kStart + Millis{900} + tuning::kGiveWayAfter, kEmpty, Small::none) == 0);
}

TEST_CASE("a request that waits for minutes holds a file back for seconds only") {
  GiveWay way;
  REQUIRE(way.look(kStart, kFull, Small::waits) > 0);
  CHECK(way.look(kStart + tuning::kGiveWayMax, kEmpty, Small::waits) == 0);
  CHECK(way.look(kStart + tuning::kGiveWayMax + Millis{100}, kEmpty, Small::waits) == 0);
}
