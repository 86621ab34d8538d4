#include <doctest/doctest.h>

#include "net/sandbox/seed_people.h"
#include "tests/support/small_world.h"

// What leaves at each level of permission, and what `projects` says of it (facts/procore-api.md
// 13).

namespace fieldsync::tests {
namespace {

using base::Document;
using base::List;
using base::Value;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::int64_t kNone = 0;
constexpr std::int64_t kReadOnly = 1;
constexpr std::int64_t kStandard = 2;
constexpr std::int64_t kAdmin = 3;

struct LevelWorld : SmallWorld {
  /// The login has a draft of its own, then is set to the level: at Standard one may edit only
  /// those (facts/procore-api.md 8.4).
  explicit LevelWorld(std::int64_t level) {
    run_for(minutes(1));
    const Document added = call(
        "add", {{"kind", "rfi"},
                {"fields",
                 Document{{"subject", "own draft"}, {"question", "Which?"}, {"draft", "true"}}}});
    draft = added.find("items")->as_list()->front().as_document()->text("id");
    REQUIRE_MESSAGE(drain(), open_acts());
    set_level(level);
    call("sync");
    run_for(hours(2));
  }
  void set_level(std::int64_t level) {
    control(net::Method::post, "/office",
            {{"do", "set_level"},
             {"project", net::sandbox::kProject},
             {"user", net::sandbox::kService},
             {"tool", "rfi"},
             {"level", level}});
  }
  Document only_open_act() {
    const Document queue = call("queue");
    CAPTURE(open_acts());
    REQUIRE(queue.find("intents")->as_list()->size() == 1);
    return *queue.find("intents")->as_list()->front().as_document();
  }
  /// The row of `projects` for the RFIs of the first project.
  Document rfis_row() {
    const Document answer = call("projects");
    for (const Value& each : *answer.find("projects")->as_list()) {
      const Document& project = *each.as_document();
      if (project.text("id") != std::to_string(net::sandbox::kProject)) continue;
      for (const Value& tool : *project.find("tools")->as_list()) {
        if (tool.as_document()->text("tool") == "rfis") return *tool.as_document();
      }
    }
    FAIL("no row");
    return {};
  }

  std::string draft;
};

}  // namespace

TEST_CASE("an edit goes out as far as the level allows, and the rest when the level is there") {
  for (const std::int64_t level : {kReadOnly, kStandard, kAdmin}) {
    CAPTURE(level);
    LevelWorld world(level);
    const std::string& rfi = world.draft;
    world.call("edit", {{"item", rfi},
                        {"fields", Document{{"reference", "R-7"}, {"due_date", "2027-01-15"}}}});
    world.run_for(minutes(30));
    CHECK(world.at_service("rfi", "reference", "R-7") == (level == kReadOnly ? 0 : 1));
    CHECK(world.at_service("rfi", "due_date", "2027-01-15") == (level == kAdmin ? 1 : 0));
    if (level == kAdmin) {
      CHECK(world.acts("open") == 0);
      continue;
    }
    const Document held = world.only_open_act();
    CHECK(held.text("state") == "held");
    CHECK(held.text("cause") == "permission_missing");
    CHECK(held.text("owner") == "project admin");
    if (level == kStandard) {
      CHECK(held.text("evidence").find("due_date: needs the level Admin") != std::string::npos);
    }
    // The view goes on showing what the person wrote.
    const Document shown = world.call("show", {{"item", rfi}});
    CHECK(shown.find("record")->as_document()->text("due_date") == "2027-01-15");
    world.set_level(kAdmin);
    REQUIRE_MESSAGE(world.drain(hours(3)), world.open_acts());
    CHECK(world.at_service("rfi", "reference", "R-7") == 1);
    CHECK(world.at_service("rfi", "due_date", "2027-01-15") == 1);
  }
}

TEST_CASE("an edit of nothing but what admins may set waits whole for the level") {
  LevelWorld world(kStandard);
  const std::string& rfi = world.draft;
  world.call("edit", {{"item", rfi}, {"fields", Document{{"due_date", "2027-02-15"}}}});
  world.run_for(minutes(30));
  CHECK(world.only_open_act().text("cause") == "permission_missing");
  world.set_level(kAdmin);
  REQUIRE_MESSAGE(world.drain(hours(3)), world.open_acts());
  CHECK(world.at_service("rfi", "due_date", "2027-02-15") == 1);
}

TEST_CASE("a draft captured at Standard goes out without the fields of admins, and loses none") {
  LevelWorld world(kStandard);
  world.call("add", {{"kind", "rfi"},
                     {"fields", Document{{"subject", "at standard"},
                                         {"question", "Which?"},
                                         {"draft", "true"},
                                         {"due_date", "2027-03-15"}}}});
  world.run_for(minutes(30));
  CHECK(world.at_service("rfi", "subject", "at standard") == 1);
  CHECK(world.only_open_act().text("cause") == "permission_missing");
  world.set_level(kAdmin);
  REQUIRE_MESSAGE(world.drain(hours(3)), world.open_acts());
  CHECK(world.at_service("rfi", "due_date", "2027-03-15") == 1);
  CHECK(world.at_service("rfi", "subject", "at standard") == 1);
}

TEST_CASE("a capture refused after its fields of admins were taken out goes out whole at Admin") {
  LevelWorld world(kStandard);
  // The rights known are older than those at the service: below Standard nothing is created.
  world.set_level(kReadOnly);
  world.call("add",
             {{"kind", "rfi"},
              {"fields", Document{{"subject", "whole"},
                                  {"question", "Which?"},
                                  {"assignees", std::to_string(net::sandbox::kArchitect)}}}});
  world.run_for(minutes(10));
  CHECK(world.at_service("rfi", "subject", "whole") == 0);
  // An open RFI needs its assignees (facts/procore-api.md 8.4): without them it would be refused.
  world.set_level(kAdmin);
  REQUIRE_MESSAGE(world.drain(hours(3)), world.open_acts());
  CHECK(world.at_service("rfi", "subject", "whole") == 1);
}

TEST_CASE("projects says for each level what is missing and what to ask of whom") {
  struct Row {
    std::int64_t level;
    std::string name, cause, missing;
  };
  const std::vector<Row> rows = {
      {kNone, "none", "permission_missing", "needs the level Standard"},
      {kReadOnly, "read only", "permission_missing", "cannot create or edit"},
      {kStandard, "standard", "permission_missing", "assignees, due_date: needs the level Admin"},
      {kAdmin, "admin", "none", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    LevelWorld world(row.level);
    const Document tool = world.rfis_row();
    CHECK(tool.text("level") == row.name);
    CHECK(tool.text("cause") == row.cause);
    CHECK(tool.text("missing").find(row.missing) != std::string::npos);
    CHECK(tool.text("ask").empty() == row.missing.empty());
    CHECK(tool.text("owner") == (row.missing.empty() ? "nobody" : "project admin"));
  }
}

TEST_CASE("projects shows a tool that is off, a closed project and one that was taken away") {
  LevelWorld world(kAdmin);
  world.control(net::Method::post, "/office",
                {{"do", "set_tool"},
                 {"project", net::sandbox::kProject},
                 {"tool", "rfi"},
                 {"enabled", Value(false)}});
  const Document tool = world.rfis_row();
  CHECK(tool.text("cause") == "tool_disabled");
  CHECK(tool.text("ask").find("switch the tool on") != std::string::npos);
  for (const bool member : {false, true}) {
    world.control(net::Method::post, "/office",
                  {{"do", "set_member"},
                   {"project", net::sandbox::kProject},
                   {"user", net::sandbox::kService},
                   {"member", Value(member)}});
    const Document answer = world.call("projects");
    std::string cause;
    int closed = 0;
    for (const Value& each : *answer.find("projects")->as_list()) {
      const Document& project = *each.as_document();
      if (project.text("id") == std::to_string(net::sandbox::kProject)) {
        cause = project.text("cause");
        CHECK(*project.find("followed") == Value(true));
      }
      if (project.text("missing").find("closed at the service") != std::string::npos) ++closed;
    }
    CHECK(cause == (member ? "none" : "project_gone"));
    CHECK(closed == 1);
  }
}

}  // namespace fieldsync::tests
