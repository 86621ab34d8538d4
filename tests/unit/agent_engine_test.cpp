#include <doctest/doctest.h>

#include <algorithm>

#include "net/sandbox/seed_people.h"
#include "platform/base/digest.h"
#include "tests/support/small_world.h"

using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;
using tests::Mishap;
using tests::SmallWorld;

namespace {

const std::string kArchitect = std::to_string(net::sandbox::kArchitect);

std::string some_rfi(SmallWorld& world) {
  const Document listed = world.call("list", {{"kind", "rfi"}});
  for (const Value& row : *listed.find("records")->as_list()) {
    if (row.as_document()->text("status") == "open") return row.as_document()->text("id");
  }
  return "";
}

/// One of every kind of write, each with a text of its own.
void capture_all(SmallWorld& world, const std::string& rfi, const std::string& mark) {
  world.call("add", {{"kind", "note"}, {"fields", Document{{"comment", "note " + mark}}}});
  world.call(
      "add",
      {{"kind", "rfi"},
       {"fields",
        Document{{"subject", "rfi " + mark}, {"question", "Which?"}, {"assignees", kArchitect}}},
       {"files", List{world.stage(mark + ".jpg", "attached " + mark)}}});
  world.call("add",
             {{"kind", "photo"}, {"files", List{world.stage("photo.jpg", "photo " + mark)}}});
  world.call("reply", {{"item", rfi}, {"body", "reply " + mark}});
  world.call("edit", {{"item", rfi}, {"fields", Document{{"reference", "ref " + mark}}}});
}

/// Each capture is at the service exactly once, bit for bit.
void check_all_once(SmallWorld& world, const std::string& mark) {
  CHECK(world.at_service("note", "comment", "note " + mark) == 1);
  CHECK(world.at_service("rfi", "subject", "rfi " + mark) == 1);
  CHECK(world.at_service("photo", "sha256", base::digest_of("photo " + mark).hex()) == 1);
  CHECK(world.at_service("rfi", "reference", "ref " + mark) == 1);
  CHECK(world.control(net::Method::get, "/verdict").find("doubled")->as_list()->empty());
}

std::int64_t count_of(SmallWorld& world, const char* state) {
  return world.call("status").find("queue")->as_document()->integer(state);
}

}  // namespace

TEST_CASE("what is captured with no link is delivered once when it comes back, with receipts") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string rfi = some_rfi(world);
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  capture_all(world, rfi, "one");
  world.run_for(std::chrono::minutes(10));
  CHECK(count_of(world, "open") == 5);
  world.transport->mishap = nullptr;
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  check_all_once(world, "one");
  CHECK(count_of(world, "delivered") == 5);
  const Document receipts = world.call("receipts", {{"verify", Value(true)}});
  CHECK(receipts.find("receipts")->as_list()->size() == 5);
  CHECK(*receipts.find("check")->as_document()->find("intact") == Value(true));
}

TEST_CASE("an answer lost after the effect doubles nothing, whichever write it was") {
  for (int victim = 0; victim < 24; ++victim) {
    CAPTURE(victim);
    SmallWorld world(static_cast<std::uint64_t>(victim + 1));
    world.run_for(std::chrono::minutes(1));
    const std::string rfi = some_rfi(world);
    int writes = 0;
    world.transport->mishap = [&](const net::HttpRequest& request) {
      if (request.method == net::Method::get) return Mishap::none;
      return writes++ == victim / 2 ? (victim % 2 == 0 ? Mishap::lost_after : Mishap::lost_on_way)
                                    : Mishap::none;
    };
    capture_all(world, rfi, "lost");
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    check_all_once(world, "lost");
  }
}

TEST_CASE("a crash at any exchange loses nothing and doubles nothing") {
  for (int victim = 0; victim < 24; ++victim) {
    CAPTURE(victim);
    SmallWorld world(static_cast<std::uint64_t>(victim + 100));
    world.run_for(std::chrono::minutes(1));
    const std::string rfi = some_rfi(world);
    int exchanges = 0;
    bool crash = false;
    world.transport->mishap = [&](const net::HttpRequest&) {
      if (exchanges++ != victim) return Mishap::none;
      crash = true;
      return Mishap::lost_after;
    };
    capture_all(world, rfi, "crash");
    world.loop.run_until([&] { return crash; }, std::chrono::minutes(30));
    world.crash_and_restart();
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    check_all_once(world, "crash");
  }
}

TEST_CASE("two identical captures made on purpose both arrive, also when both answers are lost") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  int lost = 0;
  world.transport->mishap = [&](const net::HttpRequest& request) {
    const bool create =
        request.method == net::Method::post && request.url.find("notes_logs") != std::string::npos;
    return create && lost++ < 2 ? Mishap::lost_after : Mishap::none;
  };
  for (int i = 0; i < 2; ++i) {
    world.call("add", {{"kind", "note"}, {"fields", Document{{"comment", "the same"}}}});
  }
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(world.at_service("note", "comment", "the same") == 2);
}

TEST_CASE("an empty round costs one call a tool, a photo three, an edit two with its proof") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string rfi = some_rfi(world);
  const auto calls_of = [&](const std::function<void()>& act) {
    world.transport->arrived.clear();
    act();
    world.loop.run_until([&] { return count_of(world, "open") == 0; }, std::chrono::minutes(1));
    world.run_for(std::chrono::seconds(20));
    std::int64_t calls = 0;
    for (const std::string& line : world.transport->arrived) {
      if (line.find("/rest/") != std::string::npos) ++calls;
    }
    return calls;
  };
  CHECK(calls_of([&] { world.call("sync"); }) == 4);
  const auto photo = calls_of([&] {
    world.call("add", {{"kind", "photo"}, {"files", List{world.stage("p.jpg", "bytes")}}});
  });
  CHECK(photo == 3 + 1);  // and one list of the tool, which proves all photos at once
  const auto edit = calls_of([&] {
    world.call("edit", {{"item", rfi}, {"fields", Document{{"reference", "two calls"}}}});
  });
  CHECK(edit == 2 + 1);  // and one look at the tool, which serves all edits at once
}

namespace {

/// Edits the RFI here without a link while the office sets other values, then gives the link back.
void edit_on_both_sides(SmallWorld& world, const std::string& rfi, const Document& ours,
                        const Document& theirs) {
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  world.call("edit", {{"item", rfi}, {"fields", ours}});
  world.run_for(std::chrono::minutes(1));
  world.control(net::Method::post, "/office",
                {{"do", "edit_record"},
                 {"id", static_cast<std::int64_t>(std::stoll(rfi.substr(rfi.find('-') + 1)))},
                 {"fields", theirs}});
  world.transport->mishap = nullptr;
  world.run_for(std::chrono::minutes(30));
}

Document only_conflict(SmallWorld& world) {
  const Document found = world.call("conflicts");
  REQUIRE(found.find("conflicts")->as_list()->size() == 1);
  return *found.find("conflicts")->as_list()->front().as_document();
}

}  // namespace

TEST_CASE("an office edit of another field is merged") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string rfi = some_rfi(world);
  edit_on_both_sides(world, rfi, {{"reference", "ours"}}, {{"drawing_number", "A-999"}});
  CHECK(count_of(world, "open") == 0);
  CHECK(world.at_service("rfi", "reference", "ours") == 1);
  CHECK(world.at_service("rfi", "drawing_number", "A-999") == 1);
}

TEST_CASE("a conflict holds its own field, says why, and lets the rest of the edit through") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string rfi = some_rfi(world);
  edit_on_both_sides(world, rfi, {{"reference", "ours"}, {"subject", "only here"}},
                     {{"reference", "theirs"}});
  CHECK(world.at_service("rfi", "subject", "only here") == 1);
  CHECK(world.at_service("rfi", "reference", "theirs") == 1);
  const Document conflict = only_conflict(world);
  const Document& field = *conflict.find("fields")->as_list()->front().as_document();
  CHECK(field.text("field") == "reference");
  CHECK(field.text("ours") == "ours");
  CHECK(field.text("theirs") == "theirs");
  const Document why = world.call("why", {{"item", rfi}});
  const Document& first = *why.find("explanations")->as_list()->front().as_document();
  CHECK(first.text("cause") == "conflict");
  CHECK(first.text("evidence").find("theirs") != std::string::npos);
}

TEST_CASE("a conflict is resolved by ours, theirs or another value") {
  struct Row {
    std::string take, value, at_service;
  };
  for (const Row& row :
       {Row{"ours", "", "ours"}, Row{"theirs", "", "theirs"}, Row{"value", "agreed", "agreed"}}) {
    CAPTURE(row.take);
    SmallWorld world;
    world.run_for(std::chrono::minutes(1));
    const std::string rfi = some_rfi(world);
    edit_on_both_sides(world, rfi, {{"reference", "ours"}}, {{"reference", "theirs"}});
    const Document conflict = only_conflict(world);
    world.call("resolve",
               {{"conflict", conflict.integer("id")}, {"take", row.take}, {"value", row.value}});
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    CHECK(world.at_service("rfi", "reference", row.at_service) == 1);
    CHECK(world.call("conflicts").find("conflicts")->as_list()->empty());
  }
}

TEST_CASE("a thousand office edits to things not touched here make no conflict") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string rfi = some_rfi(world);
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  world.call("edit", {{"item", rfi}, {"fields", Document{{"reference", "untouched there"}}}});
  for (int i = 0; i < 10; ++i) {
    world.control(net::Method::post, "/office", {{"do", "edit"}, {"seed", i}, {"count", 100}});
  }
  world.transport->mishap = nullptr;
  world.run_for(std::chrono::hours(2));
  const auto held = world.call("conflicts").find("conflicts")->as_list()->size();
  // The office may by chance have written the very field: then it must be named, else delivered.
  CHECK(world.at_service("rfi", "reference", "untouched there") + static_cast<int>(held) == 1);
}

TEST_CASE("a note edited here and in the office is delivered with both edits in its text") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const Document added = world.call(
      "add", {{"kind", "note"}, {"fields", Document{{"comment", "rain\ncrane idle\nstop"}}}});
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  const std::string note = added.find("items")->as_list()->front().as_document()->text("id");
  const Document shown = world.call("show", {{"item", note}});
  const std::string service_id = shown.find("record")->as_document()->text("service_id");
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  world.call("edit", {{"item", note}, {"fields", Document{{"comment", "hail\ncrane idle\nstop"}}}});
  world.control(net::Method::post, "/office",
                {{"do", "edit_record"},
                 {"id", static_cast<std::int64_t>(std::stoll(service_id))},
                 {"fields", Document{{"comment", "rain\ncrane idle\ngo"}}}});
  world.run_for(std::chrono::minutes(1));
  world.transport->mishap = nullptr;
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(world.at_service("note", "comment", "hail\ncrane idle\ngo") == 1);
}

TEST_CASE("an edit written over before it was read back is a conflict, not a refusal") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string rfi = some_rfi(world);
  const auto id = static_cast<std::int64_t>(std::stoll(rfi.substr(rfi.find('-') + 1)));
  world.transport->mishap = [&](const net::HttpRequest& request) {
    if (request.method != net::Method::patch) return Mishap::none;
    // The office writes right after our edit took effect.
    world.loop.call_at(world.clock.now() + base::Millis{1}, [&world, id] {
      world.control(net::Method::post, "/office",
                    {{"do", "edit_record"}, {"id", id}, {"fields", Document{{"reference", "X"}}}});
    });
    return Mishap::none;
  };
  world.call("edit",
             {{"item", rfi}, {"fields", Document{{"reference", "ours"}, {"subject", "arrived"}}}});
  world.run_for(std::chrono::minutes(10));
  const Document conflict = only_conflict(world);
  CHECK(conflict.find("fields")->as_list()->size() == 1);
  CHECK(count_of(world, "delivered") == 1);
  world.transport->mishap = nullptr;
  world.call("resolve", {{"conflict", conflict.integer("id")}, {"take", "ours"}});
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(world.at_service("rfi", "reference", "ours") == 1);
  CHECK(world.at_service("rfi", "subject", "arrived") == 1);
}

TEST_CASE("an edit of a record that lists no longer cover goes out after one look at it") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  std::string oldest, day = "9999";
  const Document listed = world.call("list", {{"kind", "note"}});
  for (const Value& row : *listed.find("records")->as_list()) {
    const Document& note = *row.as_document();
    if (note.text("date") >= day) continue;
    day = note.text("date");
    oldest = note.text("id");
  }
  world.run_for(std::chrono::hours(1));
  world.transport->arrived.clear();
  world.call("edit", {{"item", oldest}, {"fields", Document{{"comment", "found at last"}}}});
  REQUIRE_MESSAGE(world.drain(std::chrono::minutes(1)), world.open_acts());
  CHECK(world.at_service("note", "comment", "found at last") == 1);
  const auto about_notes = std::count_if(
      world.transport->arrived.begin(), world.transport->arrived.end(),
      [](const std::string& line) { return line.find("notes_logs/") != std::string::npos; });
  CHECK(about_notes == 3);  // the look, the edit, the proof
}

TEST_CASE("a poisoned act is held and delays the others by no attempt") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  // No assignee: the service refuses an open RFI without one.
  world.call("add", {{"kind", "rfi"},
                     {"fields", Document{{"subject", "poison"}, {"question", "Which?"}}}});
  for (int i = 0; i < 50; ++i) {
    world.call("add",
               {{"kind", "note"}, {"fields", Document{{"comment", "note " + std::to_string(i)}}}});
  }
  world.transport->mishap = nullptr;
  world.loop.run_until([&] { return count_of(world, "delivered") == 50; },
                       std::chrono::minutes(10));
  CHECK(count_of(world, "delivered") == 50);
  CHECK(count_of(world, "held") == 1);
}

TEST_CASE(
    "a lost right freezes and keeps, names tool and level, and its return resumes by itself") {
  struct Row {
    std::string description;
    Document take, give;
    std::string cause;
  };
  const std::int64_t project = net::sandbox::kProject;
  const std::int64_t user = net::sandbox::kService;
  const std::vector<Row> rows = {
      {"level lowered",
       {{"do", "set_level"}, {"project", project}, {"user", user}, {"tool", "rfi"}, {"level", 1}},
       {{"do", "set_level"}, {"project", project}, {"user", user}, {"tool", "rfi"}, {"level", 3}},
       "permission_missing"},
      {"tool switched off",
       {{"do", "set_tool"}, {"project", project}, {"tool", "rfi"}, {"enabled", Value(false)}},
       {{"do", "set_tool"}, {"project", project}, {"tool", "rfi"}, {"enabled", Value(true)}},
       "tool_disabled"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.description);
    SmallWorld world;
    world.run_for(std::chrono::minutes(1));
    const std::string rfi = some_rfi(world);
    world.control(net::Method::post, "/office", row.take);
    world.call("reply", {{"item", rfi}, {"body", "frozen"}});
    world.call("add", {{"kind", "note"}, {"fields", Document{{"comment", "not frozen"}}}});
    world.run_for(std::chrono::minutes(30));
    CHECK(count_of(world, "held") == 1);
    CHECK(world.at_service("note", "comment", "not frozen") == 1);
    const Document why = world.call("why", {{"item", rfi}});
    const Document& said = *why.find("explanations")->as_list()->front().as_document();
    CHECK(said.text("cause") == row.cause);
    CHECK(said.text("owner") == "project admin");
    world.control(net::Method::post, "/office", row.give);
    REQUIRE_MESSAGE(world.drain(std::chrono::hours(3)), world.open_acts());
  }
}

TEST_CASE("the mirror may be deleted at any moment and comes back; captures are not touched") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const auto records = world.call("list", {{"kind", "rfi"}}).find("records")->as_list()->size();
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  capture_all(world, some_rfi(world), "mirror");
  world.kill();
  REQUIRE(world.files->remove(world.config.state_folder + "/mirror.db").ok());
  world.restart();
  CHECK(count_of(world, "open") == 5);
  world.transport->mishap = nullptr;
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  check_all_once(world, "mirror");
  CHECK(world.call("list", {{"kind", "rfi"}}).find("records")->as_list()->size() == records + 1);
}

TEST_CASE("an idle agent does nothing between rounds") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(30));
  const std::uint64_t before = world.loop.events();
  world.run_for(std::chrono::hours(1));
  // 12 rounds an hour of four tools, a handful of events each.
  CHECK(world.loop.events() - before < 2'000);
}

namespace {

std::string delivered_photo(SmallWorld& world) {
  const Document added = world.call("add", {{"kind", "photo"},
                                            {"fields", Document{{"description", "as I took it"}}},
                                            {"files", List{world.stage("p.jpg", "bytes of it")}}});
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  return added.find("items")->as_list()->front().as_document()->text("id");
}

std::int64_t service_id_of(SmallWorld& world, const std::string& item) {
  const Document shown = world.call("show", {{"item", item}});
  return std::stoll(shown.find("record")->as_document()->text("service_id"));
}

void office(SmallWorld& world, const Document& command) {
  world.control(net::Method::post, "/office", command);
}

}  // namespace

TEST_CASE("a removal does not take what the office wrote meanwhile, until a person says so") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string photo = delivered_photo(world);
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  world.call("remove", {{"item", photo}});
  office(world, {{"do", "edit_record"},
                 {"id", service_id_of(world, photo)},
                 {"fields", Document{{"description", "evidence of damage"}}}});
  world.transport->mishap = nullptr;
  world.run_for(std::chrono::minutes(10));
  CHECK(count_of(world, "held") == 1);
  CHECK(world.at_service("photo", "description", "evidence of damage") == 1);
  const Document why = world.call("why", {{"item", photo}});
  const Document& said = *why.find("explanations")->as_list()->front().as_document();
  CHECK(said.text("cause") == "conflict");
  CHECK(said.text("evidence").find("evidence of damage") != std::string::npos);
  world.call("retry", {{"item", photo}});
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(world.at_service("photo", "description", "evidence of damage") == 0);
}

TEST_CASE(
    "a record made private is no deletion: our work on it waits and goes on when it is back") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  // A standard user sees private photos of others no more.
  office(world,
         {{"do", "set_level"}, {"user", net::sandbox::kService}, {"tool", "images"}, {"level", 2}});
  const Document listed = world.call("list", {{"kind", "photo"}});
  std::string photo;
  for (const Value& row : *listed.find("records")->as_list()) {
    const Document& record = *row.as_document();
    const bool ours = record.text("uploader") == std::to_string(net::sandbox::kService);
    if (!ours && photo.empty()) photo = record.text("id");
  }
  REQUIRE_FALSE(photo.empty());
  const auto set_private = [&](bool to) {
    office(world,
           {{"do", "set_private"}, {"id", service_id_of(world, photo)}, {"private", Value(to)}});
  };
  set_private(true);
  world.run_for(std::chrono::hours(60));  // two complete lists lack it
  const Document shown = world.call("show", {{"item", photo}});
  CHECK(shown.find("record")->as_document()->text("state") != "synced");
  world.call("edit", {{"item", photo}, {"fields", Document{{"description", "kept"}}}});
  world.run_for(std::chrono::hours(1));
  CHECK(count_of(world, "held") == 1);
  set_private(false);
  REQUIRE_MESSAGE(world.drain(std::chrono::hours(30)), world.open_acts());
  CHECK(world.at_service("photo", "description", "kept") == 1);
}
