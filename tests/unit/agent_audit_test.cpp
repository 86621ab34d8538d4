#include <doctest/doctest.h>

#include "storage/database.h"
#include "tests/support/small_world.h"

/// What lists of changes do not tell, and a service in its worse moods (facts/procore-api.md 16).
using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;
using tests::SmallWorld;

namespace {

std::string open_rfi(SmallWorld& world) {
  const Document listed = world.call("list", {{"kind", "rfi"}});
  for (const Value& row : *listed.find("records")->as_list()) {
    if (row.as_document()->text("status") == "open") return row.as_document()->text("id");
  }
  return "";
}

std::int64_t number_of(const std::string& item) {
  return std::stoll(item.substr(item.find('-') + 1));
}

Document shown(SmallWorld& world, const std::string& item) {
  return *world.call("show", {{"item", item}}).find("record")->as_document();
}

void set(SmallWorld& world, const char* setting, const Value& value) {
  world.control(net::Method::patch, "/settings", Document{{setting, value}});
}

/// Changes the mirror while no agent runs, as a fault of ours or of the disk would.
void behind_our_back(SmallWorld& world, const char* sql, const std::string& id) {
  world.kill();
  auto opened = storage::Database::open(world.config.state_folder + "/mirror.db", {});
  REQUIRE(opened.ok());
  (*opened)->run(sql, id);
  opened->reset();
  world.restart();
}

Document rfis_in_status(SmallWorld& world) {
  const Document status = world.call("status");
  const Document& project = *status.find("projects")->as_list()->front().as_document();
  for (const Value& tool : *project.find("tools")->as_list()) {
    if (tool.as_document()->text("tool") == "rfis") return *tool.as_document();
  }
  return {};
}

}  // namespace

TEST_CASE("a record that was missed comes back with the next comparison of ids") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(5));
  const std::string rfi = open_rfi(world);
  behind_our_back(world, "DELETE FROM record WHERE id = ?", rfi.substr(rfi.find('-') + 1));
  CHECK_FALSE(world.try_call("show", {{"item", rfi}}).ok());
  world.run_for(std::chrono::hours(26));
  CHECK(shown(world, rfi).text("state") == "synced");
  CHECK(rfis_in_status(world).text("cause") == "none");
  CHECK_FALSE(rfis_in_status(world).text("ids_compared_at").empty());
}

TEST_CASE("a record that was out of sight for one list is read again when the next shows it") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(5));
  const std::string rfi = open_rfi(world);
  const std::string subject = shown(world, rfi).text("subject");
  // As when the rights were lower for an hour: what changed meanwhile is in no window of changes.
  behind_our_back(world,
                  "UPDATE record SET presence = 1, document = '{\"subject\":\"older\"}' "
                  "WHERE id = ?",
                  rfi.substr(rfi.find('-') + 1));
  world.run_for(std::chrono::hours(26));
  CHECK(shown(world, rfi).text("subject") == subject);
}

TEST_CASE("a field that is wrong in the mirror is healed within a week, whatever the stamps say") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(5));
  const std::string rfi = open_rfi(world);
  const std::string subject = shown(world, rfi).text("subject");
  behind_our_back(world, "UPDATE record SET document = '{\"subject\":\"wrong\"}' WHERE id = ?",
                  rfi.substr(rfi.find('-') + 1));
  CHECK(shown(world, rfi).text("subject") == "wrong");
  world.run_for(std::chrono::hours(24 * 8));
  CHECK(shown(world, rfi).text("subject") == subject);
}

TEST_CASE("a reply is seen at once when it changes its RFI's stamp, and within two days if not") {
  for (const bool bumps : {true, false}) {
    CAPTURE(bumps);
    SmallWorld world;
    world.run_for(std::chrono::minutes(5));
    set(world, "reply_bumps_rfi", bumps);
    const std::string rfi = open_rfi(world);
    world.control(net::Method::post, "/office",
                  {{"do", "reply"}, {"rfi", number_of(rfi)}, {"body", "<p>from the office</p>"}});
    world.run_for(bumps ? std::chrono::minutes(10) : std::chrono::minutes(48 * 60));
    bool seen = false;
    const Document record = shown(world, rfi);
    for (const Value& reply : *record.find("replies")->as_list()) {
      seen = seen || reply.as_document()->text("body").find("from the office") == 0;
    }
    CHECK(seen);
  }
}

TEST_CASE("an office edit between our read and our write survives in every field but ours") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(5));
  set(world, "office_races", true);
  const std::string rfi = open_rfi(world);
  world.call("edit", {{"item", rfi}, {"fields", Document{{"reference", "ours"}}}});
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(world.at_service("rfi", "reference", "ours") == 1);
  world.run_for(std::chrono::minutes(10));
  CHECK(shown(world, rfi).text("drawing_number").find("raced") == 0);
}

TEST_CASE("a download of the wrong size is never kept; the whole file comes later") {
  SmallWorld world;
  const auto downloaded = [&] {
    int files = 0;
    const Document listed = world.call("list", {{"kind", "drawing"}});
    for (const Value& row : *listed.find("records")->as_list()) {
      const Value* list = row.as_document()->find("files");
      if (!list) continue;
      for (const Value& file : *list->as_list()) {
        files += *file.as_document()->find("here") == Value(true) ? 1 : 0;
      }
    }
    return files;
  };
  set(world, "download_bytes", "short");
  world.run_for(std::chrono::minutes(10));
  CHECK(downloaded() == 0);
  set(world, "download_bytes", "whole");
  world.run_for(std::chrono::hours(2));
  CHECK(downloaded() > 0);
}

TEST_CASE("a file the service has no address for yet is fetched once it has one") {
  SmallWorld world;
  set(world, "files_unavailable", true);
  world.run_for(std::chrono::minutes(30));
  const auto fetched = [&] {
    std::int64_t count = 0;
    for (const std::string& line : world.transport->arrived) {
      count += line.find("/download/") != std::string::npos ? 1 : 0;
    }
    return count;
  };
  CHECK(fetched() == 0);
  set(world, "files_unavailable", false);
  world.run_for(std::chrono::hours(24 * 9));
  CHECK(fetched() > 0);
}

TEST_CASE("a service that ignores the filter of changes costs calls and nothing else") {
  SmallWorld world;
  set(world, "updated_at_filter", "ignored");
  world.run_for(std::chrono::minutes(30));
  const auto records = world.call("list", {{"kind", "rfi"}}).find("records")->as_list()->size();
  const std::string rfi = open_rfi(world);
  world.call("edit", {{"item", rfi}, {"fields", Document{{"reference", "still once"}}}});
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(world.at_service("rfi", "reference", "still once") == 1);
  CHECK(world.call("list", {{"kind", "rfi"}}).find("records")->as_list()->size() == records);
}
