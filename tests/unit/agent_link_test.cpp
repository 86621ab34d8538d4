#include <doctest/doctest.h>

#include <algorithm>

#include "net/sandbox/seed_people.h"
#include "platform/base/time_text.h"
#include "tests/support/small_world.h"

// What the whole agent makes of a bad link and of a service that is partly down.

using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;
using tests::Mishap;
using tests::SmallWorld;

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

void add_note(SmallWorld& world, const std::string& text) {
  world.call("add", {{"kind", "note"}, {"fields", Document{{"comment", text}}}});
}

void add_photo(SmallWorld& world, const std::string& bytes) {
  world.call("add", {{"kind", "photo"}, {"files", List{world.stage("photo.jpg", bytes)}}});
}

Document first_why(SmallWorld& world) {
  const Document queue = world.call("queue");
  const auto& rows = *queue.find("intents")->as_list();
  REQUIRE(!rows.empty());
  return *rows.front().as_document();
}

Document link_of(SmallWorld& world) { return *world.call("status").find("link")->as_document(); }

int arrived(const SmallWorld& world, std::string_view text) {
  const auto& all = world.transport->arrived;
  return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const std::string& line) {
    return line.find(text) != std::string::npos;
  }));
}

}  // namespace

TEST_CASE("a part that was refused says nothing of the rate of the link, one that arrived does") {
  SmallWorld world;
  world.run_for(minutes(1));
  const auto seconds_forecast = [&] {
    const Document status = world.call("status");
    return *status.find("forecast")->as_document()->find("seconds");
  };
  world.control(net::Method::post, "/faults",
                {{"match", "PUT /upload"}, {"count", -1}, {"action", "status"}, {"status", 503}});
  add_photo(world, std::string(1'000'000, 'p'));
  world.run_for(minutes(2));
  CHECK(arrived(world, "PUT ") > 0);
  CHECK(seconds_forecast().is_null());
  world.control(net::Method::del, "/faults");
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  add_photo(world, std::string(1'000'000, 'q'));
  CHECK_FALSE(seconds_forecast().is_null());
}

TEST_CASE("what the network answers in the service's place is no link, whatever was asked") {
  struct Row {
    std::string description;
    Document fault;
    std::string cause;
  };
  const std::vector<Row> rows = {
      {"login page with 200", {{"action", "login_page"}}, "captive_portal"},
      {"network asks for a sign-in", {{"action", "status"}, {"status", 511}}, "captive_portal"},
      {"proxy asks for a login", {{"action", "status"}, {"status", 407}}, "captive_portal"},
      {"proxy error page",
       {{"action", "status"}, {"status", 502}, {"shape", "html"}},
       "captive_portal"},
      {"filter page with 403",
       {{"action", "status"}, {"status", 403}, {"body", "<html><h1>Blocked</h1></html>"}},
       "captive_portal"},
      {"filter page with 404",
       {{"action", "status"}, {"status", 404}, {"body", "<html><h1>Not here</h1></html>"}},
       "captive_portal"},
      {"sent away",
       {{"action", "status"},
        {"status", 302},
        {"headers", Document{{"Location", "https://portal.example/login"}}}},
       "captive_portal"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.description);
    SmallWorld world;
    world.run_for(minutes(1));
    const auto records = world.call("list", {{"kind", "rfi"}}).find("records")->as_list()->size();
    Document fault = row.fault;
    fault.set("count", -1);
    world.control(net::Method::post, "/faults", fault);
    add_note(world, "behind the portal");
    add_photo(world, "behind the portal");
    world.run_for(minutes(30));
    const Document link = link_of(world);
    CHECK(link.text("state") == "down");
    CHECK(link.text("cause") == row.cause);
    const Document why = first_why(world);
    CHECK(why.text("cause") == row.cause);
    CHECK(why.text("owner") == "you");
    CHECK_FALSE(why.text("evidence").empty());
    CHECK_FALSE(why.text("next_attempt").empty());
    CHECK(world.call("list", {{"kind", "rfi"}}).find("records")->as_list()->size() == records);
    // A probe each 1 to 30 s, and nothing else.
    world.transport->arrived.clear();
    world.run_for(minutes(30));
    CHECK(world.transport->arrived.size() >= 60);
    CHECK(world.transport->arrived.size() < 180);
    CHECK(arrived(world, "GET /oauth/token/info") ==
          static_cast<int>(world.transport->arrived.size()));
    world.control(net::Method::del, "/faults");
    REQUIRE_MESSAGE(world.drain(minutes(3)), world.open_acts());
    CHECK(world.at_service("note", "comment", "behind the portal") == 1);
  }
}

TEST_CASE("a page in place of one request alone is never taken for its answer") {
  struct Row {
    std::string description, match;
  };
  const std::vector<Row> rows = {
      {"a part", "PUT /upload"},
      {"an upload's creation", "POST /rest/v1.1/projects"},
      {"an upload's end", "PATCH"},
      {"a create", "POST /rest/v1.0/projects"},
      {"a list", "/rfis?"},
      {"the rights", "/settings/permissions"},
      {"a download", "GET /download"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.description);
    SmallWorld world;
    world.control(net::Method::post, "/faults",
                  {{"match", row.match}, {"count", 3}, {"action", "login_page"}});
    add_note(world, "a note");
    add_photo(world, "a photo");
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    world.run_for(minutes(10));
    CHECK(world.at_service("note", "comment", "a note") == 1);
    CHECK(world.at_service("photo", "sha256", base::digest_of("a photo").hex()) == 1);
    CHECK(world.control(net::Method::get, "/verdict").find("doubled")->as_list()->empty());
    const Document drawings = world.call("list", {{"kind", "drawing"}});
    for (const Value& drawing : *drawings.find("records")->as_list()) {
      const Value* listed = drawing.as_document()->find("files");
      if (!listed) continue;
      for (const Value& file : *listed->as_list()) {
        CHECK(*file.as_document()->find("here") == Value(true));
      }
    }
  }
}

TEST_CASE("a page in place of one request for ever is tried at most every half minute") {
  SmallWorld world;
  world.run_for(minutes(1));
  world.control(net::Method::post, "/faults",
                {{"match", "/rfis?"}, {"count", -1}, {"action", "login_page"}});
  add_note(world, "not stopped by it");
  world.call("sync");
  world.run_for(hours(1));
  CHECK(world.at_service("note", "comment", "not stopped by it") == 1);
  world.transport->arrived.clear();
  world.run_for(hours(1));
  CHECK(arrived(world, "/rfis") < 250);
}

TEST_CASE("somebody else's certificate is no link, and nothing is sent to it") {
  SmallWorld world;
  world.run_for(minutes(1));
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::untrusted; };
  add_note(world, "not for the proxy");
  world.run_for(minutes(10));
  const Document why = first_why(world);
  CHECK(why.text("cause") == "tls_untrusted");
  CHECK(why.text("owner") == "it");
  CHECK(why.text("evidence").find("certificate") != std::string::npos);
  world.transport->mishap = nullptr;
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
}

TEST_CASE(
    "the pause of a dead link is cut short by a change of the network or a success elsewhere") {
  for (const bool by_event : {true, false}) {
    SmallWorld world;
    world.run_for(minutes(1));
    world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
    add_note(world, "soon");
    world.loop.run_until(
        [&] {
          return base::parse_iso(link_of(world).text("next_attempt")).value_or(base::WallTime{}) >
                 world.clock.wall() + seconds(15);
        },
        hours(1));
    world.transport->mishap = nullptr;
    if (by_event) {
      world.agent->link_changed();
    } else {
      world.call("projects");
    }
    world.run_for(seconds(2));
    CHECK(link_of(world).text("state") == "up");
    CHECK(world.at_service("note", "comment", "soon") == 1);
  }
}

TEST_CASE("an endpoint that answers 500 all day stops no other and burns no budget") {
  struct Row {
    std::string description, match;
  };
  const std::vector<Row> rows = {
      {"creates of RFIs", "POST /rest/v1.0/projects/562949953422002/rfis"},
      {"looks at single RFIs", R"(GET /rest/v1\.[0-9]/projects/[0-9]+/rfis/[0-9]+)"},
      {"lists of RFIs", R"(GET /rest/v1\.[0-9]/projects/[0-9]+/rfis\?)"},
      {"uploads", "POST /rest/v1.1/projects"},
      {"parts", "PUT /upload"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.description);
    SmallWorld world;
    world.control(net::Method::post, "/faults",
                  {{"match", row.match},
                   {"regex", Value(row.match.find('[') != std::string::npos)},
                   {"count", -1},
                   {"action", "status"},
                   {"status", 500}});
    for (int i = 0; i < 200; ++i) {
      world.call("add",
                 {{"kind", "rfi"},
                  {"fields", Document{{"subject", "rfi " + std::to_string(i)},
                                      {"question", "Which?"},
                                      {"assignees", std::to_string(net::sandbox::kArchitect)}}}});
    }
    add_photo(world, "a photo");
    add_note(world, "a note");
    world.run_for(hours(1));
    CHECK(world.at_service("note", "comment", "a note") == 1);
    const auto after_an_hour = world.transport->arrived.size();
    world.run_for(hours(4));
    // 48 rounds of four tools, what the breaker lets through, and the hourly rights.
    CHECK(world.transport->arrived.size() - after_an_hour < 4 * 48 + 4 * 60);
    if (world.acts("open") > 0) {
      const Document why = first_why(world);
      CHECK(why.text("cause") != "none");
      CHECK_FALSE(why.text("sentence").empty());
    }
    world.control(net::Method::del, "/faults");
    REQUIRE_MESSAGE(world.drain(minutes(30)), world.open_acts());
    CHECK(world.control(net::Method::get, "/verdict").find("doubled")->as_list()->empty());
  }
}

TEST_CASE("a probe that hangs on the link that was is given up when the system tells of another") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  world.call("add", {{"kind", "note"}, {"fields", Document{{"comment", "on the new link"}}}});
  world.run_for(std::chrono::minutes(1));
  int hanging = 0;
  world.transport->delay = [&hanging] {
    ++hanging;
    return std::chrono::minutes(1);
  };
  REQUIRE(world.loop.run_until([&] { return hanging > 0; }, std::chrono::minutes(5)));
  world.transport->delay = nullptr;
  world.transport->mishap = nullptr;
  world.agent->link_changed();
  world.run_for(std::chrono::seconds(5));
  CHECK(world.at_service("note", "comment", "on the new link") == 1);
}

TEST_CASE("a guessed limit is named until the service tells its own") {
  SmallWorld world;
  for (int i = 0; i < 60; ++i) add_note(world, "note " + std::to_string(i));
  world.loop.run_until(
      [&] {
        const Document queue = world.call("queue");
        const auto& rows = *queue.find("intents")->as_list();
        return !rows.empty() && rows.back().as_document()->text("cause") == "rate_limited";
      },
      minutes(5));
  const Document queue = world.call("queue");
  const Document& last = *queue.find("intents")->as_list()->back().as_document();
  CHECK(last.text("cause") == "rate_limited");
  CHECK(last.text("evidence").find("told no limit") != std::string::npos);
  CHECK(last.text("evidence").find("25") != std::string::npos);
  const Document status = world.call("status");
  const Document& spike = *status.find("budget")->as_document()->find("spike")->as_document();
  CHECK(spike.integer("limit") == 25);
  CHECK(*spike.find("guessed") == Value(true));
  world.control(net::Method::patch, "/settings", {{"rate_spike", 100}});
  world.run_for(minutes(30));
  const Document later = world.call("status");
  CHECK(later.find("budget")->as_document()->find("spike")->as_document()->integer("limit") == 100);
}
