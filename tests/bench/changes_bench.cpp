#define DOCTEST_CONFIG_IMPLEMENT
#include <benchmark/benchmark.h>

#include <algorithm>

#include "agent/sync/plan/tuning.h"
#include "net/adapters/procore.h"
#include "net/sandbox/seed_people.h"
#include "storage/mirror_store.h"
#include "tests/bench/figures.h"
#include "tests/support/site_machine.h"

/// 500 of 50,000 RFIs changed: how many calls and how much of the link's time the agent needs to
/// know them again, beside the least the service's interface allows. Latency is virtual time; the
/// clock is the agent's own.
namespace fieldsync::bench {
namespace {

using base::Document;
using base::Value;

constexpr int kChanged = 500;
constexpr base::Millis kLatency{120};
/// Calls in ten seconds the service allows here: the largest number the agent believes.
constexpr int kSpikeLimit = 200;
constexpr base::Millis kSpikeWindow{10'000};
/// facts/procore-api.md 4: the largest page that is recommended is 2,000.
constexpr int kPageMax = 2'000;

/// Least by facts/procore-api.md 8 and appendix B: the list of changes, and each changed RFI's
/// detail, since replies and attachments are only there; and what the login may do, at the start of
/// a round.
constexpr int kLeastCalls = 1 + (kChanged + kPageMax - 1) / kPageMax + kChanged;

/// So many calls, as many at a time as the agent allows itself and as many in ten seconds as the
/// service allows.
base::Millis least_time(int calls) {
  const auto by_latency = [](int n) { return n * kLatency / sync::tuning::kCallsAtOnce; };
  const int whole_windows = (calls - 1) / kSpikeLimit;
  return std::max(by_latency(calls),
                  whole_windows * kSpikeWindow + by_latency(calls - whole_windows * kSpikeLimit));
}

/// Everything the service has of the project's RFIs, whole, as after a long first pull.
void fill_mirror(tests::SharedWorld& world, const app::Config& config,
                 const std::vector<std::int64_t>& rfis) {
  storage::DatabaseOptions options;
  options.durability = storage::Durability::normal;
  auto opened = storage::MirrorStore::open(config.state_folder, options, world.clock.wall());
  FS_CHECK(opened.ok());
  std::vector<storage::MirrorRecord> rows;
  for (const std::int64_t id : rfis) {
    storage::MirrorRecord row;
    row.key = {config.remotes[0].name, config.follows[0].project, base::KindId("rfi"),
               base::ServiceId(std::to_string(id))};
    row.fields = {{"subject", "as before"}, {"status", "open"}};
    row.updated_at = world.clock.wall() - std::chrono::hours(24);
    row.observed_at = world.clock.wall();
    rows.push_back(std::move(row));
  }
  storage::ToolState state;
  state.remote = config.remotes[0].name;
  state.project = config.follows[0].project;
  state.tool = "rfis";
  state.changes_until = state.complete_as_of = world.clock.wall();
  state.swept_at = state.audited_at = world.clock.wall();
  state.next_poll = world.clock.wall() + std::chrono::hours(24);
  FS_CHECK(opened->store->apply(rows, state).ok());
}

struct Counted {
  int calls = 0;
  base::Millis took{0};
};

Counted run_changes() {
  tests::SharedWorld world(1, "large");
  world.run_for(std::chrono::hours(24 * 70));  // older than every window: nothing else changed
  world.control(net::Method::patch, "/settings", {{"rate_spike", kSpikeLimit}});
  tests::SiteMachine machine(world, {.tools = {"rfis"}, .start = tests::SiteMachine::Start::later});
  std::vector<std::int64_t> rfis;
  for (const Value& row : world.records("rfi")) {
    rfis.push_back(row.as_document()->integer("id"));
  }
  machine.kill();
  fill_mirror(world, machine.config, rfis);
  world.run_for(std::chrono::minutes(10));
  for (int i = 0; i < kChanged; ++i) {
    world.control(net::Method::post, "/office",
                  {{"do", "edit_record"},
                   {"id", rfis[static_cast<std::size_t>(i) * 97 % rfis.size()]},
                   {"fields", Document{{"subject", "changed"}}}});
  }
  machine.transport->round_trip = kLatency;
  machine.restart();
  const base::WallTime began = world.clock.wall();
  base::WallTime last_answer = began;
  Counted counted;
  machine.transport->mishap = [&](const net::HttpRequest& request) {
    if (request.url.find("/rest/") != std::string::npos) ++counted.calls;
    last_answer = world.clock.wall() + kLatency / 2;
    return tests::Mishap::none;
  };
  machine.call("sync");
  world.run_for(std::chrono::minutes(3));
  counted.took = last_answer - began;
  int known = 0;
  for (const std::int64_t id : rfis) {
    const Document shown = machine.call("show", {{"item", "rfi-" + std::to_string(id)}});
    known += shown.find("record")->as_document()->text("subject") == "changed" ? 1 : 0;
  }
  if (known != kChanged) {
    figures().add_failure("500 changed of 50,000",
                          std::to_string(known) + " of the changes are known");
  }
  return counted;
}

void changes_500_of_50000(benchmark::State& state) {
  doctest::Context context;
  context.setAsDefaultForAssertsOutOfTestCases();
  for (auto _ : state) {
    const Counted counted = run_changes();
    const base::Millis least = least_time(kLeastCalls);
    char detail[160];
    std::snprintf(detail, sizeof detail, "%d calls, least %d", counted.calls, kLeastCalls);
    figures().add({"500 changed of 50,000 RFIs, calls",
                   static_cast<double>(counted.calls) / kLeastCalls, "x", Aim::ratio_at_most, 1.2,
                   detail});
    std::snprintf(detail, sizeof detail, "%.1f s, least %.1f s: %d at a time, %d in 10 s",
                  static_cast<double>(counted.took.count()) / 1e3,
                  static_cast<double>(least.count()) / 1e3, sync::tuning::kCallsAtOnce,
                  kSpikeLimit);
    figures().add({"500 changed of 50,000 RFIs, time at 120 ms",
                   static_cast<double>(counted.took.count()) / static_cast<double>(least.count()),
                   "x", Aim::ratio_at_most, 1.3, detail});
    state.SetIterationTime(static_cast<double>(counted.took.count()) / 1e3);
  }
}
BENCHMARK(changes_500_of_50000)->Iterations(1)->UseManualTime()->Unit(benchmark::kSecond);

}  // namespace
}  // namespace fieldsync::bench
