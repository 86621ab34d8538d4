#include <doctest/doctest.h>

#include "tests/support/office.h"

// Many records gone at once, and lists made under different rights: neither is believed.

using namespace fieldsync;
using namespace fieldsync::tests;
using base::Document;
using base::List;
using base::Value;

namespace {

/// Deletes `count` photos there; returns them.
std::vector<std::string> delete_photos(SmallWorld& world, std::size_t count) {
  auto photos = items_of(world, "photo");
  REQUIRE(photos.size() > count);
  photos.resize(count);
  for (const std::string& photo : photos) office(world, "delete", photo);
  return photos;
}

Document question(SmallWorld& world) {
  const List found = conflicts_of(world);
  REQUIRE(found.size() == 1);
  return *found.front().as_document();
}

Document tool_in_status(SmallWorld& world, const std::string& name) {
  const Document status = world.call("status");
  const Value& project = status.find("projects")->as_list()->front();
  for (const Value& tool : *project.as_document()->find("tools")->as_list()) {
    if (tool.as_document()->text("tool") == name) return *tool.as_document();
  }
  return {};
}

}  // namespace

TEST_CASE("a mass vanishing makes nothing gone: conflicts, status and why ask about it") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const auto before = items_of(world, "photo");
  const auto vanished = delete_photos(world, 8);
  believe_absence(world);
  believe_absence(world);
  CHECK(items_of(world, "photo").size() == before.size());
  for (const std::string& photo : vanished) CHECK(state_of(world, photo) == "missing");
  const Document asked = question(world);
  CHECK(asked.text("cause") == "mass_vanishing");
  CHECK(asked.text("kind") == "photo");
  CHECK(asked.integer("records") == 8);
  CHECK(tool_in_status(world, "photos").text("cause") == "mass_vanishing");
  const Document why = world.call("why", {{"item", vanished.front()}});
  CHECK(why.find("explanations")->as_list()->front().as_document()->text("cause") ==
        "mass_vanishing");
}

TEST_CASE("a person accepts a mass vanishing, and only then the records are gone") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const auto vanished = delete_photos(world, 8);
  believe_absence(world);
  const Document asked = question(world);
  world.call("resolve", {{"conflict", asked.text("id")}, {"take", "accept"}});
  for (const std::string& photo : vanished) CHECK(state_of(world, photo) == "gone");
  CHECK(conflicts_of(world).empty());
}

TEST_CASE("kept records stay until they are missed again, twice, and then it is asked again") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const auto vanished = delete_photos(world, 8);
  believe_absence(world);
  world.call("resolve", {{"conflict", question(world).text("id")}, {"take", "keep"}});
  CHECK(state_of(world, vanished.front()) == "synced");
  list_everything(world);
  CHECK(conflicts_of(world).empty());
  CHECK(state_of(world, vanished.front()) == "missing");
  list_everything(world);
  CHECK(question(world).integer("records") == 8);
}

TEST_CASE("a mass vanishing clears by itself when the records are listed again") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const auto vanished = delete_photos(world, 8);
  believe_absence(world);
  for (const std::string& photo : vanished) office(world, "restore", photo);
  list_everything(world);
  CHECK(conflicts_of(world).empty());
  for (const std::string& photo : vanished) CHECK(state_of(world, photo) == "synced");
}

TEST_CASE("a list under a changed level starts the evidence anew") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string photo = items_of(world, "photo").front();
  office(world, "delete", photo);
  list_everything(world);
  CHECK(state_of(world, photo) == "missing");
  // Between the two lists, and nobody has read the rights since. Only one more list comes through.
  set_level(world, "images", 2);
  int complete_lists = 0;
  world.transport->mishap = [&](const net::HttpRequest& request) {
    const bool list = request.url.find("/rest/v1.0/images?") != std::string::npos &&
                      request.url.find("updated_at") == std::string::npos;
    return list && ++complete_lists > 1 ? Mishap::lost_before : Mishap::none;
  };
  list_everything(world);
  REQUIRE(complete_lists >= 1);
  CHECK(state_of(world, photo) == "missing");
  world.transport->mishap = nullptr;
  list_everything(world);
  CHECK(state_of(world, photo) == "gone");
}

TEST_CASE("permissions that cannot be read after a list let nothing be gone") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string photo = items_of(world, "photo").front();
  office(world, "delete", photo);
  list_everything(world);
  world.transport->mishap = [](const net::HttpRequest& request) {
    const bool rights = request.url.find("settings/permissions") != std::string::npos;
    return rights ? Mishap::lost_before : Mishap::none;
  };
  list_everything(world);
  CHECK(state_of(world, photo) == "missing");
  world.transport->mishap = nullptr;
  list_everything(world);
  CHECK(state_of(world, photo) == "gone");
}
