#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/small_world.h"

// The data plan of a machine, and a person who cannot wait for it.

using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;
using std::chrono::hours;
using std::chrono::minutes;
using sync::Cost;
using tests::SmallWorld;

namespace {

const platform::NetworkState kWired{"eth0", Cost::unknown};
const platform::NetworkState kModem{"wwan0", Cost::metered};

/// Runs on with another data plan, as after an edit of the config.
void set_plan(SmallWorld& world, const sync::DataPlan& plan, const platform::NetworkState& on) {
  world.kill();
  world.config.data_plan = plan;
  world.restart();
  world.agent->network_is(on);
  world.run_for(minutes(1));
}

sync::DataPlan a_day_on_metered(base::ByteCount bytes) {
  sync::DataPlan plan;
  plan.metered.bytes_a_day = bytes;
  return plan;
}

std::string add_photo(SmallWorld& world, const std::string& bytes) {
  const Document added =
      world.call("add", {{"kind", "photo"}, {"files", List{world.stage("p.jpg", bytes)}}});
  return added.find("items")->as_list()->front().as_document()->text("id");
}

int photos_of(SmallWorld& world, const std::string& bytes) {
  return world.at_service("photo", "sha256", base::digest_of(bytes).hex());
}

Document why(SmallWorld& world, const std::string& item) {
  const Document answer = world.call("why", {{"item", item}});
  return *answer.find("explanations")->as_list()->front().as_document();
}

Document data_plan(SmallWorld& world) {
  return *world.call("plan").find("data_plan")->as_document();
}

}  // namespace

TEST_CASE("files wait for their hours with the time named, edits go, and `send` sends one now") {
  SmallWorld world;
  sync::DataPlan evenings;  // the world begins at 14:13
  evenings.always.files_at = {{0x7F, 18 * 60, 6 * 60}};
  set_plan(world, evenings, kWired);
  const std::string wanted = add_photo(world, "wanted now");
  const std::string patient = add_photo(world, "can wait");
  world.call("add", {{"kind", "note"}, {"fields", Document{{"comment", "small"}}}});
  world.run_for(minutes(5));
  CHECK(world.at_service("note", "comment", "small") == 1);
  CHECK(photos_of(world, "wanted now") == 0);
  const Document waiting = why(world, wanted);
  CHECK(waiting.text("cause") == "data_plan");
  CHECK(waiting.text("next_attempt") == "2026-09-21T18:00:00Z");
  CHECK(waiting.text("evidence").find("not to travel at this hour") != std::string::npos);

  CHECK(world.call("send", {{"item", wanted}}).integer("count") == 1);
  world.run_for(minutes(1));
  CHECK(photos_of(world, "wanted now") == 1);
  CHECK(photos_of(world, "can wait") == 0);
  CHECK(why(world, patient).text("cause") == "data_plan");
  world.run_for(hours(4));
  CHECK_MESSAGE(photos_of(world, "can wait") == 1, world.open_acts());
}

TEST_CASE("a wish to send now survives a restart, and ends with its act") {
  SmallWorld world;
  sync::DataPlan never;
  never.always.bytes_a_day = 0;
  set_plan(world, never, kWired);
  world.transport->mishap = [](const net::HttpRequest&) { return tests::Mishap::lost_before; };
  const std::string photo = add_photo(world, "wanted");
  const std::string other = add_photo(world, "other");
  world.call("send", {{"item", photo}});
  world.crash_and_restart();
  world.transport->mishap = nullptr;
  world.run_for(minutes(2));
  CHECK(photos_of(world, "wanted") == 1);
  CHECK(photos_of(world, "other") == 0);
  CHECK(why(world, other).text("cause") == "data_plan");
  CHECK(why(world, other).find("next_attempt")->is_null());
  const auto again = world.try_call("send", {{"item", photo}});
  REQUIRE_FALSE(again.ok());
  CHECK(again.failure().cause == base::Cause::not_found);
}

TEST_CASE("the bytes of the day are counted over restarts, and files wait for tomorrow past them") {
  SmallWorld world;
  set_plan(world, a_day_on_metered(3'000'000), kModem);
  const std::string first(2'500'000, '1');
  const std::string second(600'000, '2');
  const std::string third(1'000, '3');
  add_photo(world, first);
  world.run_for(minutes(1));
  CHECK(photos_of(world, first) == 1);
  world.crash_and_restart();
  world.agent->network_is(kModem);
  add_photo(world, second);
  world.run_for(minutes(1));
  CHECK(photos_of(world, second) == 1);  // began below the limit
  const std::string late = add_photo(world, third);
  world.run_for(minutes(1));
  CHECK(photos_of(world, third) == 0);
  const Document waiting = why(world, late);
  CHECK(waiting.text("cause") == "data_plan");
  CHECK(waiting.text("evidence").find("of the day's 3.0 MB on metered networks are used") !=
        std::string::npos);
  CHECK(waiting.text("next_attempt") == "2026-09-22T00:00:00Z");
  CHECK(data_plan(world).text("files") == "wait");
  world.agent->network_is(kWired);
  world.run_for(minutes(1));
  CHECK(photos_of(world, third) == 1);
  const Document used = *data_plan(world).find("bytes_today")->as_document();
  CHECK(used.integer("metered") > 3'000'000);
  CHECK(used.integer("all") > used.integer("metered"));
}

TEST_CASE("a large file stops between two parts when the plan ends, and goes on from there") {
  SmallWorld world;
  set_plan(world, a_day_on_metered(6'000'000), kModem);
  world.transport->up_rate = 250'000;
  const std::string bytes(20'000'000, 'v');
  const std::string item = add_photo(world, bytes);
  world.run_for(minutes(10));
  const auto puts = [&] {
    const auto& all = world.transport->arrived;
    return std::count_if(all.begin(), all.end(),
                         [](const std::string& line) { return line.starts_with("PUT "); });
  };
  const auto today = puts();
  CHECK(today >= 2);
  CHECK(today < 4);
  CHECK(why(world, item).text("cause") == "data_plan");
  world.run_for(hours(72));
  CHECK_MESSAGE(photos_of(world, bytes) == 1, world.open_acts());
  CHECK(puts() == 4);  // none was sent twice, nor to an address that was too old
}

TEST_CASE("drawings are fetched when the plan lets files travel, not before") {
  SmallWorld world;
  sync::DataPlan never_on_modem = a_day_on_metered(0);
  const auto fetched = [&] {
    const auto& all = world.transport->arrived;
    return std::count_if(all.begin(), all.end(),
                         [](const std::string& line) { return line.starts_with("GET /download"); });
  };
  const auto before = fetched();
  set_plan(world, never_on_modem, kModem);
  world.run_for(hours(1));
  CHECK(fetched() == before);
  const Document status = world.call("status");
  const Document& project = *status.find("projects")->as_list()->front().as_document();
  for (const Value& tool : *project.find("tools")->as_list()) {
    if (tool.as_document()->text("tool") != "drawings") continue;
    CHECK(tool.as_document()->text("missing").find("no files are to travel on metered networks") !=
          std::string::npos);
  }
  world.agent->network_is(kWired);
  world.run_for(minutes(10));
  CHECK(fetched() > before);
}
