#include "tests/sim/fleet.h"

#include <doctest/doctest.h>

using namespace fieldsync;
using base::Millis;
using sim::FleetOptions;
using sim::FleetReport;

namespace {

FleetReport run(const FleetOptions& options) {
  const FleetReport report = sim::run_fleet(options);
  MESSAGE(sim::text_of(report));
  CHECK(report.all_through);
  return report;
}

/// Of `part` in `whole`.
double share(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

TEST_CASE("fleet: 5,000 strangers behind one budget find their turns without a storm of 429s") {
  const FleetReport report = run({});
  // Without turns: 51 429s to a call, 13,000 calls in a second again and again.
  CHECK(share(report.refused, report.taken) < 1.5);
  CHECK(report.arrived_at_once < 500);
  CHECK(report.arrived_at_once_later < 50);
  CHECK(share(report.drained.count(), report.least.count()) < 1.5);
  CHECK(share(report.through[report.through.size() * 95 / 100].count(), report.least.count()) <
        1.15);
  // Most need not wait for the end: half of the calls have served three of four machines.
  CHECK(report.served_at_half[report.served_at_half.size() / 4] >= 1);
}

TEST_CASE("fleet: 5,000 that shared the budget before an outage come back in turns") {
  FleetOptions options;
  options.acts_each = 5;
  options.outage_at = Millis{3 * 3'600'000};
  options.outage = Millis{20 * 60'000};
  const FleetReport report = run(options);
  CHECK(share(report.refused, report.taken) < 0.5);
  CHECK(report.arrived_at_once < 30);
  CHECK(share(report.drained.count(), report.least.count()) < 1.5);
}

TEST_CASE("fleet: fifty machines hardly hinder each other") {
  FleetOptions options;
  options.agents = 50;
  options.acts_each = 20;
  const FleetReport report = run(options);
  CHECK(share(report.refused, report.taken) < 0.25);
  CHECK(report.drained < Millis{60 * 60'000});
}

TEST_CASE("fleet: a machine that is alone is as quick as its limits allow") {
  FleetOptions options;
  options.agents = 1;
  options.acts_each = 100;
  const FleetReport report = run(options);
  CHECK(report.refused == 0);
  CHECK(report.drained - report.least < Millis{60'000});
}
