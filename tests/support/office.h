#pragma once

#include <string>

#include "tests/support/small_world.h"

/// What tests of removals share: an office that deletes and brings back, and whole lists on demand.
namespace fieldsync::tests {

inline std::int64_t number_in(const std::string& item) {
  return std::stoll(item.substr(item.find('-') + 1));
}

inline void office(SmallWorld& world, const std::string& what, const std::string& item) {
  world.control(net::Method::post, "/office", {{"do", what}, {"id", number_in(item)}});
}

/// The level of this login in a tool: 0 none, 1 read only, 2 standard, 3 admin.
void set_level(SmallWorld& world, const std::string& tool, int level);

/// The complete lists of all tools are read once more.
inline void list_everything(SmallWorld& world) {
  world.call("sync", {{"full", base::Value(true)}});
  world.run_for(std::chrono::minutes(2));
}

/// Two complete lists: what is absent from both is believed to be gone.
inline void believe_absence(SmallWorld& world) {
  list_everything(world);
  list_everything(world);
}

inline std::vector<std::string> items_of(SmallWorld& world, const std::string& kind) {
  std::vector<std::string> items;
  const base::Document listed = world.call("list", {{"kind", kind}});
  for (const base::Value& row : *listed.find("records")->as_list()) {
    items.push_back(row.as_document()->text("id"));
  }
  return items;
}

inline base::List conflicts_of(SmallWorld& world) {
  return *world.call("conflicts").find("conflicts")->as_list();
}

inline std::int64_t queue_count(SmallWorld& world, const char* state) {
  return world.call("status").find("queue")->as_document()->integer(state);
}

/// The state of the record as people see it.
inline std::string state_of(SmallWorld& world, const std::string& item) {
  return world.call("why", {{"item", item}}).text("state");
}

}  // namespace fieldsync::tests
