#include "agent/sync/link/data_plan.h"

#include <doctest/doctest.h>

#include "agent/app/config_units.h"
#include "platform/base/time_text.h"

using namespace fieldsync;
using sync::Cost;
using sync::DataPlan;
using sync::DataUse;
using sync::DataVerdict;

namespace {

base::WallTime at(const char* iso) { return *base::parse_iso(iso); }

sync::WeekSpan span(const char* text) {
  const auto parsed = app::parse_week_span(text);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return *parsed;
}

DataPlan evenings_and_weekends() {
  DataPlan plan;
  plan.always.files_at = {span("18:00-06:00"), span("sat-sun")};
  return plan;
}

DataPlan a_day(base::ByteCount always, base::ByteCount metered) {
  DataPlan plan;
  plan.always.bytes_a_day = always;
  plan.metered.bytes_a_day = metered;
  return plan;
}

}  // namespace

namespace {

DataPlan nights_and_bytes() {
  DataPlan plan = a_day(1'000, 1'000);
  plan.metered.files_at = {span("20:00-24:00")};
  return plan;
}

DataPlan never_abroad() {
  DataPlan plan;
  plan.roaming.bytes_a_day = 0;
  return plan;
}

DataPlan hours_that_exclude_each_other() {
  DataPlan plan;
  plan.always.files_at = {span("08:00-10:00")};
  plan.metered.files_at = {span("20:00-22:00")};
  return plan;
}

/// Of Monday, 2026-11-23.
const DataUse kUsed{"2026-11-23", 1'000, 500, 0};

struct Row {
  const char* description;
  DataPlan (*plan)();
  Cost cost;
  const char* now;
  int offset;         ///< of local time, in minutes
  const char* until;  ///< nullptr: at once; "": on another network only
};

const Row kRows[] = {
    {"no plan", [] { return DataPlan{}; }, Cost::roaming, "2026-11-23T12:00:00Z", 0, nullptr},
    {"noon on a Monday", evenings_and_weekends, Cost::unknown, "2026-11-23T12:00:00Z", 0,
     "2026-11-23T18:00:00Z"},
    {"the first minute of the evening", evenings_and_weekends, Cost::unknown,
     "2026-11-23T18:00:00Z", 0, nullptr},
    {"before dawn, of the night that began yesterday", evenings_and_weekends, Cost::unknown,
     "2026-11-24T05:59:00Z", 0, nullptr},
    {"the last minute is over", evenings_and_weekends, Cost::unknown, "2026-11-24T06:00:00Z", 0,
     "2026-11-24T18:00:00Z"},
    {"noon on a Saturday", evenings_and_weekends, Cost::unknown, "2026-11-28T12:00:00Z", 0,
     nullptr},
    {"local time counts: 19:00 here", evenings_and_weekends, Cost::unknown, "2026-11-23T12:00:00Z",
     7 * 60, nullptr},
    {"west of Greenwich", evenings_and_weekends, Cost::unknown, "2026-11-23T20:00:00Z", -8 * 60,
     "2026-11-24T02:00:00Z"},
    {"the day's bytes are used", [] { return a_day(1'000, 800); }, Cost::unmetered,
     "2026-11-23T12:00:00Z", 0, "2026-11-24T00:00:00Z"},
    {"the day ends by local time", [] { return a_day(1'000, 800); }, Cost::unmetered,
     "2026-11-23T12:00:00Z", 60, "2026-11-23T23:00:00Z"},
    {"those of yesterday count no more", [] { return a_day(1'000, 800); }, Cost::metered,
     "2026-11-24T00:00:00Z", 0, nullptr},
    {"metered bytes have a limit of their own", [] { return a_day(9'000, 500); }, Cost::metered,
     "2026-11-23T12:00:00Z", 0, "2026-11-24T00:00:00Z"},
    {"which says nothing of other networks", [] { return a_day(9'000, 500); }, Cost::unmetered,
     "2026-11-23T12:00:00Z", 0, nullptr},
    {"both limits are waited for", nights_and_bytes, Cost::metered, "2026-11-23T21:00:00Z", 0,
     "2026-11-24T20:00:00Z"},
    {"never abroad", never_abroad, Cost::roaming, "2026-11-23T12:00:00Z", 0, ""},
    {"but at home", never_abroad, Cost::metered, "2026-11-23T12:00:00Z", 0, nullptr},
    {"hours that exclude each other", hours_that_exclude_each_other, Cost::metered,
     "2026-11-23T12:00:00Z", 0, ""},
};

}  // namespace

TEST_CASE("files travel when the plan of the week, of the day and of the network lets them") {
  for (const Row& row : kRows) {
    CAPTURE(row.description);
    const DataVerdict verdict =
        sync::may_carry_files(row.plan(), row.cost, kUsed, at(row.now), row.offset);
    CHECK((verdict.files == DataVerdict::Files::go) == (row.until == nullptr));
    CHECK(verdict.words.empty() == (row.until == nullptr));
    if (row.until == nullptr) continue;
    const std::string until = verdict.until ? base::to_iso_seconds(*verdict.until) : "";
    CHECK(until == row.until);
  }
}

TEST_CASE("what a person says of an interface comes before what the system says") {
  DataPlan plan;
  plan.metered_interfaces = {"usb*", "eth0"};
  plan.unmetered_interfaces = {"wwan0"};
  CHECK(sync::cost_of(plan, {"usb7", Cost::unknown}) == Cost::metered);
  CHECK(sync::cost_of(plan, {"eth0", Cost::unmetered}) == Cost::metered);
  CHECK(sync::cost_of(plan, {"eth01", Cost::unknown}) == Cost::unknown);
  CHECK(sync::cost_of(plan, {"wwan0", Cost::metered}) == Cost::unmetered);
  CHECK(sync::cost_of(plan, {"usb0", Cost::roaming}) == Cost::roaming);
  CHECK(sync::cost_of(plan, {"", Cost::unknown}) == Cost::unknown);
}

TEST_CASE("of the rates that apply the least one holds") {
  DataPlan plan;
  CHECK(sync::send_rate(plan, Cost::metered) == 0);
  plan.always.send_bytes_per_second = 500'000;
  plan.metered.send_bytes_per_second = 100'000;
  plan.roaming.send_bytes_per_second = 200'000;
  CHECK(sync::send_rate(plan, Cost::unmetered) == 500'000);
  CHECK(sync::send_rate(plan, Cost::metered) == 100'000);
  CHECK(sync::send_rate(plan, Cost::roaming) == 100'000);
}

TEST_CASE("spans of the week are read as people write them, and nothing else is") {
  CHECK(span("sat-sun") == sync::WeekSpan{0x60, 0, 24 * 60});
  CHECK(span("mon") == sync::WeekSpan{0x01, 0, 24 * 60});
  CHECK(span("18:00-06:00") == sync::WeekSpan{0x7F, 18 * 60, 6 * 60});
  CHECK(span(" fri-mon 00:00-24:00 ") == sync::WeekSpan{0x71, 0, 24 * 60});
  for (const char* wrong :
       {"", "6-18", "18:00", "18:00-18:00", "24:00-06:00", "25:00-26:00", "18:60-19:00", "mon-",
        "-mon", "funday", "mon 18:00", "mon-fri-sat", "18:00-06:00 mon"}) {
    CAPTURE(wrong);
    CHECK_FALSE(app::parse_week_span(wrong).has_value());
  }
}
