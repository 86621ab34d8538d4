#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/support/small_world.h"

// Calls first, then the life of the link, then bytes: whole agents on slow links in virtual time.

using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;
using std::chrono::hours;
using std::chrono::minutes;
using tests::Mishap;
using tests::SmallWorld;

namespace {

/// 2 Mbit/s.
constexpr std::int64_t kWeakLte = 250'000;
constexpr int kHourly = 600;

std::string add_photo(SmallWorld& world, int number, std::size_t bytes) {
  std::string content = "photo " + std::to_string(number);
  content.resize(bytes, 'p');
  const Document added =
      world.call("add", {{"kind", "photo"}, {"files", List{world.stage("photo.jpg", content)}}});
  return added.find("items")->as_list()->front().as_document()->text("id");
}

std::string add_note(SmallWorld& world, const std::string& text) {
  const Document added =
      world.call("add", {{"kind", "note"}, {"fields", Document{{"comment", text}}}});
  return added.find("items")->as_list()->front().as_document()->text("id");
}

std::int64_t now(SmallWorld& world) { return world.clock.now().since_start.count(); }

int arrived(const SmallWorld& world, std::string_view text) {
  const auto& all = world.transport->arrived;
  return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const std::string& line) {
    return line.find(text) != std::string::npos;
  }));
}

Document first_remote(SmallWorld& world) {
  return *world.call("plan").find("remotes")->as_list()->front().as_document();
}

bool at_service_within(SmallWorld& world, const std::string& note, base::Millis limit) {
  return world.loop.run_until([&] { return world.at_service("note", "comment", note) == 1; },
                              limit);
}

}  // namespace

TEST_CASE("photos leave the hour's last calls to edits, and no call is refused") {
  SmallWorld world;
  world.control(net::Method::patch, "/settings", {{"rate_hourly", kHourly}});
  world.run_for(minutes(1));
  for (int i = 0; i < 250; ++i) add_photo(world, i, 1'000);
  world.run_for(minutes(10));
  REQUIRE(world.acts("open") > 60);
  const Document calls = *first_remote(world).find("calls")->as_document();
  CHECK(calls.integer("remaining") >= calls.integer("kept_for_edits"));
  CHECK(calls.integer("remaining") < calls.integer("kept_for_edits") + 10);
  const Document queue = world.call("queue");
  const Document& waiting = *queue.find("intents")->as_list()->back().as_document();
  CHECK(waiting.text("cause") == "rate_limited");
  CHECK(waiting.text("evidence").find("kept for edits") != std::string::npos);
  for (int i = 0; i < 10; ++i) {
    const std::string note = "urgent " + std::to_string(i);
    add_note(world, note);
    CHECK_MESSAGE(at_service_within(world, note, minutes(1)), i);
  }
  REQUIRE_MESSAGE(world.drain(hours(3)), world.open_acts());
  const Document log = world.control(net::Method::get, "/requests");
  for (const Value& request : *log.find("list")->as_list()) {
    CHECK(request.as_document()->integer("status") != 429);
  }
}

TEST_CASE("what is kept of the hour is kept over a restart") {
  SmallWorld world;
  world.control(net::Method::patch, "/settings", {{"rate_hourly", kHourly}});
  world.run_for(minutes(1));
  for (int i = 0; i < 250; ++i) add_photo(world, i, 1'000);
  world.run_for(minutes(5));
  const auto calls = [&] { return *first_remote(world).find("calls")->as_document(); };
  const std::int64_t before = calls().integer("remaining");
  REQUIRE(before < 100);
  // Headers that tell of the ten seconds, as they mostly do, say nothing of the hour.
  world.control(net::Method::patch, "/settings", {{"rate_spike", 25}});
  world.crash_and_restart();
  world.run_for(minutes(5));
  CHECK(calls().integer("remaining") <= before);
  // A restart may take a fortieth too many, and what it has to look at first.
  CHECK(calls().integer("remaining") >= calls().integer("kept_for_edits") - kHourly / 20);
  REQUIRE_MESSAGE(world.drain(hours(3)), world.open_acts());
}

TEST_CASE("100 photos of 4 MB take no more than 1.15 of what bytes or calls need") {
  SmallWorld world;
  world.control(net::Method::patch, "/settings", {{"rate_hourly", kHourly}, {"rate_spike", 25}});
  world.run_for(minutes(61));  // the first pull is paid for by the hour before
  constexpr int kPhotos = 100;
  constexpr std::int64_t kBytes = 4'000'000;
  world.transport->up_rate = kWeakLte;
  world.transport->round_trip = base::Millis{120};
  const std::int64_t begun = now(world);
  for (int i = 0; i < kPhotos; ++i) add_photo(world, i, kBytes);
  REQUIRE_MESSAGE(world.drain(hours(3)), world.open_acts());
  const double took = static_cast<double>(now(world) - begun) / 1e3;
  const double by_bytes = static_cast<double>(kPhotos * kBytes) / kWeakLte;
  const double by_calls = kPhotos * 3 * 3'600.0 / kHourly;
  MESSAGE("100 photos: " << took << " s, bytes need " << by_bytes << " s, calls at " << kHourly
                         << " an hour " << by_calls << " s");
  CHECK(took <= 1.15 * std::max(by_bytes, by_calls));
  // The calls of the hour are there from its start: bytes alone decide.
  CHECK(took <= 1.15 * by_bytes);
}

TEST_CASE("where calls are what lacks, they are used to the last") {
  SmallWorld world;
  world.control(net::Method::patch, "/settings", {{"rate_hourly", kHourly}});
  world.run_for(minutes(61));
  constexpr int kPhotos = 300;
  const std::int64_t begun = now(world);
  for (int i = 0; i < kPhotos; ++i) add_photo(world, i, 10'000);
  REQUIRE_MESSAGE(world.drain(hours(4)), world.open_acts());
  const double took = static_cast<double>(now(world) - begun) / 1e3;
  const double by_calls = kPhotos * 3 * 3'600.0 / kHourly;
  MESSAGE("300 small photos: " << took << " s, calls need " << by_calls << " s");
  CHECK(took <= 1.15 * by_calls);
}

TEST_CASE("what a person writes overtakes a large file, within a part and between two") {
  SmallWorld world;
  world.run_for(minutes(1));
  world.transport->round_trip = base::Millis{120};
  world.transport->up_rate = kWeakLte;
  const base::Millis within = 2 * world.transport->round_trip + base::Millis{1'000};
  add_photo(world, 1, 90'000'000);  // six minutes, several parts
  world.run_for(base::Millis{20'000});
  for (int i = 0; i < 60; ++i) {
    const std::string note = "note " + std::to_string(i);
    add_note(world, note);
    CHECK_MESSAGE(at_service_within(world, note, within), i);
    world.run_for(base::Millis{4'321});
  }
  CHECK(arrived(world, "PATCH /rest/v1.1/projects") == 0);  // the upload is not complete yet
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
}

TEST_CASE(
    "a superseded sheet is known at the next look, in the middle of a large file and in the "
    "hour's last calls") {
  SmallWorld world;
  world.control(net::Method::patch, "/settings", {{"rate_hourly", kHourly}});
  world.run_for(minutes(1));
  world.transport->up_rate = kWeakLte;
  const auto current_sheets = [&] {
    std::set<std::string> current;
    const Document listed = world.call("list", {{"kind", "drawing"}});
    for (const Value& row : *listed.find("records")->as_list()) {
      const Value* is_current = row.as_document()->find("current");
      if (is_current && *is_current == Value(true)) current.insert(row.as_document()->text("id"));
    }
    return current;
  };
  const std::set<std::string> before = current_sheets();
  REQUIRE_FALSE(before.empty());
  for (int i = 0; i < 250; ++i) add_photo(world, i, 1'000);  // takes all calls it may have
  world.run_for(minutes(8));
  const Document calls = *first_remote(world).find("calls")->as_document();
  REQUIRE(calls.integer("remaining") <= calls.integer("kept_for_edits") + 3);
  const Document sheet = *world.records("drawing").front().as_document();
  world.control(net::Method::post, "/office",
                {{"do", "new_revision"}, {"drawing", sheet.integer("id")}});
  world.run_for(minutes(5) + base::Millis{2'000});
  const std::set<std::string> after = current_sheets();
  CHECK(after != before);
  CHECK(after.size() == before.size());  // one is current in the other's place
  CHECK(world.acts("open") > 50);
}

TEST_CASE("forecasts on a slow link are off by less than a quarter in the middle") {
  struct Row {
    const char* description;
    int cut_every;  ///< parts; 0: none
    std::size_t bytes;
  };
  for (const Row& row : {Row{"steady", 0, 2'000'000}, Row{"every fifth part is cut", 5, 2'000'000},
                         Row{"files of many sizes", 0, 0}}) {
    CAPTURE(row.description);
    SmallWorld world;
    world.run_for(minutes(1));
    world.transport->up_rate = kWeakLte;
    world.transport->round_trip = base::Millis{120};
    int parts = 0;
    world.transport->mishap = [&](const net::HttpRequest& request) {
      const bool is_part = request.method == net::Method::put && row.cut_every > 0;
      return is_part && ++parts % row.cut_every == 0 ? Mishap::lost_on_way : Mishap::none;
    };
    add_photo(world, 0, 1'000'000);
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    for (int i = 1; i <= 60; ++i) {
      const std::size_t size = row.bytes > 0 ? row.bytes : 300'000U + 150'000U * (i * 7 % 40);
      add_photo(world, i, size);
    }
    const Document forecast = *first_remote(world).find("forecast")->as_document();
    CHECK(forecast.text("words").find("60 photos") == 0);
    CHECK(forecast.text("words").find(" if the link stays") != std::string::npos);
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    world.run_for(minutes(1));  // at rest, what was learnt is kept
    const Document after = *first_remote(world).find("forecast")->as_document();
    MESSAGE(std::string(row.description)
            << ": " << after.integer("forecasts_measured") << " forecasts, median error "
            << after.integer("median_error_percent") << " %");
    CHECK(after.integer("forecasts_measured") >= 50);
    CHECK(after.integer("median_error_percent") < 25);
    world.crash_and_restart();
    CHECK(first_remote(world).find("forecast")->as_document()->integer("forecasts_measured") ==
          after.integer("forecasts_measured"));
  }
}

TEST_CASE("the plan says what is under way, what is next, what waits and why") {
  SmallWorld world;
  world.run_for(minutes(1));
  world.transport->up_rate = kWeakLte;
  for (int i = 0; i < 6; ++i) add_photo(world, i, 3'000'000);
  world.run_for(base::Millis{5'000});
  const Document remote = first_remote(world);
  std::string shape;
  for (const Value& row : *remote.find("steps")->as_list()) {
    const Document& step = *row.as_document();
    shape += step.text("when") + ":" + step.text("action") + " ";
    if (step.text("when") == "waits") CHECK_FALSE(step.text("evidence").empty());
    if (step.text("when") == "under_way") CHECK(step.text("cause") == "queued");
  }
  CHECK(shape ==
        "under_way:create under_way:create under_way:create waits:create waits:create "
        "waits:create ");
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  add_note(world, "no link");
  world.run_for(minutes(1));
  const Document cut = first_remote(world);
  const Document& note = *cut.find("steps")->as_list()->back().as_document();
  CHECK(note.text("cause") == "offline");
}
