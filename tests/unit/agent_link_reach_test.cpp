#include <doctest/doctest.h>

#include <algorithm>

#include "agent/sync/link/link_reach.h"
#include "agent/sync/link/tuning.h"
#include "tests/support/cause_world.h"

// Parts of files that are longer than the link lives.
using namespace fieldsync;
using base::IntentId;
using sync::LinkReach;
using tests::CauseWorld;
namespace tuning = sync::tuning;

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr base::ByteCount kMega = 1'000'000;
const IntentId kPhoto{7};
constexpr auto kNothing = LinkReach::Known::nothing;

bool is_too_long(LinkReach& reach, base::ByteCount sent, LinkReach::Known known = kNothing) {
  return reach.cut(kPhoto, 5 * kMega, sent, known) == LinkReach::Verdict::too_long;
}

std::string large_photo(CauseWorld& world) {
  return world.photo(std::string(static_cast<std::size_t>(8 * kMega), 'p'));
}

}  // namespace

TEST_CASE("a part is too long for the link once it was cut three times in a row") {
  LinkReach reach;
  CHECK_FALSE(is_too_long(reach, 3 * kMega));
  CHECK_FALSE(is_too_long(reach, 2 * kMega));
  CHECK(is_too_long(reach, kMega));
  CHECK(reach.reach() == 3 * kMega);
  SUBCASE("then one cut is enough, of this one and of others as long") {
    CHECK(is_too_long(reach, 2 * kMega));
    CHECK(reach.cut(IntentId{8}, 4 * kMega, kMega, kNothing) == LinkReach::Verdict::too_long);
  }
  SUBCASE("what is shorter than what crossed has its three") {
    CHECK(reach.cut(IntentId{8}, 2 * kMega, kMega, kNothing) == LinkReach::Verdict::try_again);
  }
  SUBCASE("a shorter one of the same file that arrives says nothing of it") {
    reach.arrived(kPhoto, 2 * kMega);
    CHECK(reach.reach() == 3 * kMega);
    CHECK(is_too_long(reach, 3 * kMega));
  }
  SUBCASE("one that arrives shows another link") {
    reach.arrived(kPhoto, 5 * kMega);
    CHECK(reach.reach() == 0);
    CHECK_FALSE(is_too_long(reach, 3 * kMega));
  }
}

TEST_CASE("cuts before the link carried much, and lost answers, say nothing of a part's length") {
  LinkReach reach;
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(is_too_long(reach, tuning::kCarriedMin - 1));
    CHECK_FALSE(is_too_long(reach, 5 * kMega));
  }
}

TEST_CASE("after a restart one cut confirms what the act says") {
  LinkReach reach;
  CHECK(is_too_long(reach, 3 * kMega, LinkReach::Known::suspected));
}

TEST_CASE("what is too long is left alone for longer each time, six hours at most") {
  LinkReach reach;
  base::Millis last{0};
  for (int i = 0; i < 20; ++i) {
    const base::Millis wait = reach.wait(kPhoto);
    CHECK(wait >= std::max(last, tuning::kTooLongWaitMin));
    CHECK(wait <= tuning::kTooLongWaitMax);
    last = wait;
  }
  CHECK(last == tuning::kTooLongWaitMax);
}

TEST_CASE("a photo the link cannot carry is not sent in vain all day, and holds nothing else up") {
  CauseWorld world;
  world.transport->connection_bytes_max = 3 * kMega;
  const std::string large = large_photo(world);
  const std::string small = world.photo(std::string(2 * kMega, 's'));
  const std::string note = world.note("behind the large one");
  world.run_for(minutes(1));
  CHECK(world.why(small).text("cause") == "none");
  CHECK(world.why(note).text("cause") == "none");
  CHECK(world.transport->cut_by_length == tuning::kCutsUntilTooLong);
  CHECK(world.why(large).text("cause") == "link_too_short");
  world.run_for(hours(24));
  // 2, 4, … 256 minutes, then every six hours.
  CHECK(world.transport->cut_by_length <= tuning::kCutsUntilTooLong + 12);
}

TEST_CASE("what was too long for one network goes out on another one, or when a person says so") {
  CauseWorld world;
  world.transport->connection_bytes_max = 3 * kMega;
  const std::string large = large_photo(world);
  world.run_for(hours(8));
  CHECK(world.why(large).text("cause") == "link_too_short");
  const int cut = world.transport->cut_by_length;
  SUBCASE("a network that comes and goes is not worth a try each time") {
    for (int i = 0; i < 30; ++i) {
      world.agent->link_changed();
      world.run_for(minutes(1));
    }
    CHECK(world.transport->cut_by_length > cut);
    CHECK(world.transport->cut_by_length <= cut + 4);
    return;
  }
  world.transport->connection_bytes_max = 0;
  SUBCASE("another network") { world.agent->link_changed(); }
  SUBCASE("a person") { world.call("sync"); }
  SUBCASE("the machine was carried to the office") { world.crash_and_restart(); }
  world.run_for(minutes(2));
  world.check_well(large);
}

TEST_CASE("a connection that ends after it carried much shuts no link: the part leaves again") {
  CauseWorld world;
  world.run_for(minutes(1));
  world.transport->connection_bytes_max = kMega;
  const auto probes = [&] {
    const auto& all = world.transport->arrived;
    return std::count_if(all.begin(), all.end(), [](const std::string& line) {
      return line.find("token/info") != std::string::npos;
    });
  };
  const auto before = probes();
  const std::string photo = world.photo(std::string(2 * kMega, 's'));
  world.run_for(std::chrono::seconds(2));
  CHECK(world.transport->cut_by_length >= 2);
  CHECK(probes() == before);
  CHECK(world.call("status").find("link")->as_document()->text("state") == "up");
}
