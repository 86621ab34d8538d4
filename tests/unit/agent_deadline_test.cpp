#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/support/small_world.h"

// An upload must begin within an hour and be attached within a week (facts/procore-api.md 7.1).

using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;
using std::chrono::hours;
using std::chrono::minutes;
using tests::Mishap;
using tests::SmallWorld;

namespace {

/// A photo of three parts on a link of 2 Mbit/s: 21 s a part.
struct Photo {
  std::string bytes = std::string(15'000'000, 'p');

  explicit Photo(SmallWorld& world) {
    world.run_for(minutes(1));
    world.transport->up_rate = 250'000;
    world.call("add", {{"kind", "photo"}, {"files", List{world.stage("p.jpg", bytes)}}});
  }
  int at_service(SmallWorld& world) const {
    return world.at_service("photo", "sha256", base::digest_of(bytes).hex());
  }
};

/// Parts that arrived, by the upload they are of.
std::map<std::string, int> parts_by_upload(const SmallWorld& world) {
  std::map<std::string, int> parts;
  for (const std::string& line : world.transport->arrived) {
    constexpr std::string_view kBegin = "PUT /upload/";
    if (!line.starts_with(kBegin)) continue;
    const std::size_t end = line.find('/', kBegin.size());
    ++parts[line.substr(kBegin.size(), end - kBegin.size())];
  }
  return parts;
}

int arrived(const SmallWorld& world, std::string_view text) {
  const auto& all = world.transport->arrived;
  return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const std::string& line) {
    return line.find(text) != std::string::npos;
  }));
}

void cut(SmallWorld& world) {
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
}

std::string first_cause(SmallWorld& world) {
  const Document queue = world.call("queue");
  return queue.find("intents")->as_list()->front().as_document()->text("cause");
}

}  // namespace

TEST_CASE("an upload the link kept for longer than its week is made anew, with no byte in vain") {
  SmallWorld world;
  const Photo photo(world);
  world.run_for(base::Millis{30'000});
  REQUIRE(parts_by_upload(world).size() == 1);
  const auto [old_upload, old_parts] = *parts_by_upload(world).begin();
  REQUIRE(old_parts >= 1);
  cut(world);
  world.run_for(hours(8 * 24));
  world.transport->mishap = nullptr;
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(parts_by_upload(world).size() == 2);
  CHECK(parts_by_upload(world)[old_upload] == old_parts);
  CHECK(photo.at_service(world) == 1);
}

TEST_CASE("weeks without a link, again and again, never hold a photo") {
  SmallWorld world;
  const Photo photo(world);
  for (int week = 0; week < 7; ++week) {
    world.transport->mishap = nullptr;
    world.run_for(base::Millis{45'000});
    CHECK_MESSAGE(world.acts("held") == 0, world.open_acts());
    cut(world);
    world.run_for(hours(8 * 24));
  }
  REQUIRE(photo.at_service(world) == 0);
  world.transport->mishap = nullptr;
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(photo.at_service(world) == 1);
}

TEST_CASE("what is confirmed is kept while there is time to attach it") {
  SmallWorld world;
  const Photo photo(world);
  world.run_for(base::Millis{30'000});
  cut(world);
  world.run_for(hours(6 * 24));
  world.transport->mishap = nullptr;
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(parts_by_upload(world).size() == 1);
  CHECK(photo.at_service(world) == 1);
}

TEST_CASE("an upload that could not begin within its hour is created anew, not tried in vain") {
  SmallWorld world;
  world.transport->mishap = [](const net::HttpRequest& request) {
    return request.method == net::Method::put ? Mishap::lost_before : Mishap::none;
  };
  const Photo photo(world);
  world.run_for(minutes(1));
  REQUIRE(arrived(world, "/uploads") == 1);
  cut(world);
  world.run_for(hours(2));
  world.transport->mishap = nullptr;
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(parts_by_upload(world).size() == 1);
  CHECK(photo.at_service(world) == 1);
  // Two creates and a completion: nobody asked whether the old addresses were still good.
  CHECK(arrived(world, "POST /rest/v1.1/projects") == 2);
  CHECK(arrived(world, "/uploads/") == 1);
}

TEST_CASE("a photo whose upload nears its end is attached with the last calls of the hour") {
  SmallWorld world;
  world.run_for(minutes(1));
  world.control(
      net::Method::post, "/faults",
      {{"match", "POST /rest/v1.0/images"}, {"count", -1}, {"action", "status"}, {"status", 503}});
  world.call("add", {{"kind", "photo"}, {"files", List{world.stage("p.jpg", "late")}}});
  world.run_for(hours(6 * 24));
  CHECK(first_cause(world) == "service_busy");
  const auto creates = arrived(world, "POST /rest/v1.1/projects");
  world.control(net::Method::del, "/faults");
  // From here on only the calls kept for people are left of each hour.
  world.control(net::Method::patch, "/settings", {{"rate_hourly", 15}});
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(arrived(world, "POST /rest/v1.1/projects") == creates);
  CHECK(world.at_service("photo", "sha256", base::digest_of("late").hex()) == 1);
}
