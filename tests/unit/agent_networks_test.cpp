#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/small_world.h"

// One machine, the trailer's Wi-Fi and the phone's LTE.

using namespace fieldsync;
using base::List;
using base::Millis;
using sync::Cost;
using tests::SmallWorld;

namespace {

constexpr std::size_t kPhoto = 12'000'000;

void move_to(SmallWorld& world, const std::string& interface, std::int64_t up_rate) {
  world.transport->up_rate = up_rate;
  world.transport->round_trip = Millis{200};
  world.agent->network_is({interface, Cost::unknown});
  world.agent->link_changed();
}

/// In how many parts a new photo goes out.
std::int64_t parts_of_a_photo(SmallWorld& world, char fill) {
  world.transport->arrived.clear();
  world.call("add",
             {{"kind", "photo"}, {"files", List{world.stage("p.jpg", std::string(kPhoto, fill))}}});
  REQUIRE(world.drain());
  const auto& arrived = world.transport->arrived;
  return std::count_if(arrived.begin(), arrived.end(),
                       [](const std::string& one) { return one.starts_with("PUT "); });
}

}  // namespace

TEST_CASE("a day on the phone does not make a machine forget the trailer's Wi-Fi") {
  SmallWorld world;
  constexpr std::int64_t kWifi = 2'500'000;
  constexpr std::int64_t kLte = 100'000;
  move_to(world, "wlan0", kWifi);
  CHECK(parts_of_a_photo(world, 'a') == 3);  // of the smallest size: nothing is known yet
  CHECK(parts_of_a_photo(world, 'b') == 1);  // 15 s of this link are 38 MB
  move_to(world, "wwan0", kLte);
  CHECK(parts_of_a_photo(world, 'c') == 3);
  CHECK(parts_of_a_photo(world, 'd') == 3);

  SUBCASE("back at once") {}
  SUBCASE("back after a restart") { world.crash_and_restart(); }
  move_to(world, "wlan0", kWifi);
  CHECK(parts_of_a_photo(world, 'e') == 1);
}

TEST_CASE(
    "the way to complete a long upload is opened while its last bytes leave, a short one's is "
    "open") {
  SmallWorld world;
  constexpr std::int64_t kSlow = 200'000;  // 60 s for a photo in three parts
  constexpr std::int64_t kQuick = 20'000'000;
  const auto opened_to_service = [&] {
    const auto& urls = world.transport->opened_ahead;
    return std::count_if(urls.begin(), urls.end(), [&](const std::string& url) {
      return url.starts_with(world.config.remotes.front().api_url);
    });
  };
  const auto before = opened_to_service();
  move_to(world, "wlan0", kQuick);
  parts_of_a_photo(world, 'a');
  CHECK(opened_to_service() == before);
  move_to(world, "wwan0", kSlow);
  parts_of_a_photo(world, 'b');
  CHECK(opened_to_service() == before + 1);
}
