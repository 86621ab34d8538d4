#include <doctest/doctest.h>

#include <functional>

#include "net/sandbox/seed_people.h"
#include "tests/support/small_world.h"

/// Promise P7: a bad act delays only what depends on it.
using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;
using tests::Mishap;
using tests::SmallWorld;

namespace {

constexpr int kOthers = 1'000;
/// Its looks and attempts while the thousand are delivered, doubling pauses between them; each of
/// the others meets at most one of them.
constexpr int kPoisonRequestsMax = 12;
constexpr base::Millis kBudgetWindow{10'250};

struct Poison {
  const char* description;
  std::function<void(SmallWorld&)> capture;
};

std::string first_rfi(SmallWorld& world) {
  const Document listed = world.call("list", {{"kind", "rfi"}});
  for (const Value& row : *listed.find("records")->as_list()) {
    if (row.as_document()->text("status") == "open") return row.as_document()->text("id");
  }
  return "";
}

void fault(SmallWorld& world, const std::string& match, int status) {
  world.control(net::Method::post, "/faults",
                {{"match", match}, {"action", "status"}, {"status", status}, {"count", -1}});
}

const std::vector<Poison>& poisons() {
  static const std::vector<Poison> all = {
      {"refused by a rule",
       [](SmallWorld& world) {
         // No assignee: the service refuses an open RFI without one.
         world.call("add", {{"kind", "rfi"},
                            {"fields", Document{{"subject", "poison"}, {"question", "Which?"}}}});
       }},
      {"the service fails on it again and again",
       [](SmallWorld& world) {
         const std::string rfi = first_rfi(world);
         fault(world, "/rfis/" + rfi.substr(rfi.find('-') + 1) + "/replies", 500);
         world.call("reply", {{"item", rfi}, {"body", "poison"}});
       }},
      {"its upload is refused again and again",
       [](SmallWorld& world) {
         fault(world, "PUT /upload/", 400);
         world.call("add", {{"kind", "photo"}, {"files", List{world.stage("p.jpg", "poison")}}});
       }},
  };
  return all;
}

struct Run {
  base::Millis took{0};
  std::int64_t creates = 0;  ///< requests that create a note
  std::int64_t total = 0;
  std::string last_open;
};

/// Captures the poison first, if any, then a thousand notes with no link; gives the link back.
Run deliver(const Poison* poison) {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  if (poison) poison->capture(world);
  for (int i = 0; i < kOthers; ++i) {
    world.call("add",
               {{"kind", "note"}, {"fields", Document{{"comment", "note " + std::to_string(i)}}}});
  }
  world.transport->mishap = nullptr;
  world.transport->arrived.clear();
  const base::WallTime began = world.clock.wall();
  world.call("sync");
  const std::int64_t poisoned = poison ? 1 : 0;
  world.loop.run_until(
      [&] {
        // Asking costs a query: not before they can all be through.
        return world.transport->arrived.size() > kOthers && world.acts("delivered") >= kOthers;
      },
      std::chrono::hours(1));
  Run run;
  run.took = world.clock.wall() - began;
  for (const std::string& line : world.transport->arrived) {
    run.creates += line.starts_with("POST") && line.ends_with("notes_logs") ? 1 : 0;
  }
  run.total = static_cast<std::int64_t>(world.transport->arrived.size());
  CHECK(world.acts("delivered") == kOthers);
  CHECK(world.acts("open") == poisoned);
  run.last_open = world.open_acts();
  return run;
}

}  // namespace

TEST_CASE("a poisoned act among a thousand delays the others by at most one attempt of its own") {
  const Run clean = deliver(nullptr);
  CHECK(clean.creates == kOthers);
  for (const Poison& poison : poisons()) {
    CAPTURE(poison.description);
    const Run run = deliver(&poison);
    CAPTURE(run.last_open);
    // No other act is tried twice, and what the poison takes of the request budget (25 calls in ten
    // seconds here) makes the last of them miss one window of it at most.
    CHECK(run.creates == kOthers);
    CHECK(run.total - clean.total <= kPoisonRequestsMax);
    CHECK(run.took <= clean.took + kBudgetWindow);
  }
}
