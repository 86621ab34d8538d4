#include <doctest/doctest.h>

#include "agent/sync/link/link_model.h"
#include "agent/sync/upload/tuning.h"
#include "agent/sync/upload/upload_lane.h"
#include "tests/support/virtual_time.h"

// How the way up is measured and shared.
using namespace fieldsync;
using base::Millis;
using sync::LinkModel;
using sync::UploadLane;

namespace {

constexpr base::ByteCount kMega = 1'000'000;

LinkModel measured(double bytes_per_second, Millis round_trip) {
  LinkModel model;
  model.answered(round_trip);
  for (int i = 0; i < 20; ++i) {
    const double bytes = 5.0 * kMega;
    model.sent(static_cast<base::ByteCount>(bytes),
               Millis{static_cast<std::int64_t>(bytes / bytes_per_second * 1e3)});
  }
  return model;
}

struct Turns {
  tests::VirtualClock clock;
  tests::VirtualLoop loop{clock};
  UploadLane lane{clock, loop};
  void pass(Millis span) {
    loop.run_until([] { return false; }, span);
  }
};

}  // namespace

TEST_CASE("parts grow with the rate, the round trip and the life of the link") {
  struct Row {
    const char* link;
    double rate;
    Millis round_trip;
    int cuts;
    base::ByteCount at_least, at_most;
  };
  const Row rows[] = {
      {"satellite, steady", 0.6e6, Millis{650}, 0, 10 * kMega, 40 * kMega},
      {"weak LTE, steady", 0.25e6, Millis{120}, 0, 2 * kMega, 5 * kMega},
      {"the same, cut again and again", 0.25e6, Millis{120}, 30, kMega / 10, 2 * kMega},
      {"office", 10e6, Millis{20}, 0, 30 * kMega, 120 * kMega},
  };
  for (const Row& row : rows) {
    CAPTURE(row.link);
    LinkModel model = measured(row.rate, row.round_trip);
    for (int i = 0; i < row.cuts; ++i) model.cut(Millis{5'000});
    CHECK(model.part_size() >= row.at_least);
    CHECK(model.part_size() <= row.at_most);
  }
  CHECK(LinkModel{}.part_size() == 0);
}

TEST_CASE("a link is remembered, and a memory that is none is not believed") {
  LinkModel model = measured(1e6, Millis{80});
  model.cut(Millis{9'000});
  const LinkModel again = LinkModel::from_text(model.to_text());
  CHECK(again.round_trip() == model.round_trip());
  CHECK(again.rate() == doctest::Approx(model.rate()));
  CHECK(again.life().count() ==
        doctest::Approx(static_cast<double>(model.life().count())).epsilon(0.01));
  for (const char* text : {"", "x", "1", "80 nan 3 4", "80 -1 3 4", "-5 1 1 1", "80 1e400 1 1"}) {
    CAPTURE(text);
    CHECK(LinkModel::from_text(text).rate() == 0);
    CHECK(LinkModel::from_text(text).part_size() == 0);
  }
}

TEST_CASE("small bodies say nothing of the rate") {
  LinkModel model;
  model.sent(1'000, Millis{100});
  CHECK(model.rate() == 0);
  CHECK(model.time_for(kMega) == Millis{0});
}

TEST_CASE("one part's bytes leave at a time, the oldest act's first") {
  Turns turns;
  UploadLane& lane = turns.lane;
  std::vector<int> went;
  std::vector<UploadLane::Pass> passes;
  const auto go = [&](int who) {
    return [&, who](UploadLane::Pass pass) {
      went.push_back(who);
      passes.push_back(pass);
    };
  };
  lane.enter(5, go(5), nullptr);
  lane.enter(9, go(9), nullptr);
  lane.enter(7, go(7), nullptr);
  CHECK(went == std::vector<int>{5});
  lane.leave(passes[0]);
  lane.leave(passes[0]);  // a second word about the same turn is none
  CHECK(went == std::vector<int>{5, 7});
  lane.leave(passes[1]);
  CHECK(went == std::vector<int>{5, 7, 9});
}

TEST_CASE("one that lines up again when it leaves goes before younger acts") {
  Turns turns;
  UploadLane& lane = turns.lane;
  std::vector<int> went;
  std::optional<UploadLane::Pass> first;
  lane.enter(
      5, [&](UploadLane::Pass pass) { first = pass; },
      [&] {
        lane.enter(
            5, [&](UploadLane::Pass) { went.push_back(5); }, nullptr);
      });
  lane.enter(
      9, [&](UploadLane::Pass) { went.push_back(9); }, nullptr);
  lane.leave(*first);
  CHECK(went == std::vector<int>{5});
}

TEST_CASE("a part that stands still lets the next one try, one that moves does not") {
  Turns turns;
  UploadLane& lane = turns.lane;
  std::optional<UploadLane::Pass> first;
  bool second = false;
  lane.enter(
      1, [&](UploadLane::Pass pass) { first = pass; }, nullptr);
  lane.enter(
      2, [&](UploadLane::Pass) { second = true; }, nullptr);
  for (int i = 0; i < 10; ++i) {
    turns.pass(sync::tuning::kLaneStill / 2);
    lane.moved(*first);
  }
  CHECK_FALSE(second);
  SUBCASE("for long") { turns.pass(sync::tuning::kLaneStill * 2); }
  SUBCASE("for a while, and the network is another one now") {
    lane.network_changed();
    CHECK_FALSE(second);
    turns.pass(sync::tuning::kLaneStillOnChange);
    CHECK_FALSE(second);
    lane.network_changed();
  }
  CHECK(second);
}
