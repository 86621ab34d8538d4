#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "agent/try/storm_plan.h"

namespace fieldsync::trial {
namespace {

using base::Millis;

constexpr Millis kSpan{20'000};

std::map<Weather, int> counts_of(const std::vector<StormEvent>& events) {
  std::map<Weather, int> counts;
  for (const StormEvent& event : events) ++counts[event.what];
  return counts;
}

}  // namespace

TEST_CASE("a seed gives one storm, another seed another") {
  CHECK(make_storm(1, kSpan) == make_storm(1, kSpan));
  CHECK_FALSE(make_storm(1, kSpan) == make_storm(2, kSpan));
}

TEST_CASE("a storm is in order, within its span, and ends what it begins") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    Millis before{0};
    int links = 0;
    int powers = 0;
    for (const StormEvent& event : make_storm(seed, kSpan)) {
      CHECK(event.at >= before);
      CHECK(event.at < kSpan);
      before = event.at;
      links += (event.what == Weather::link_down) - (event.what == Weather::link_up);
      powers += (event.what == Weather::power_off) - (event.what == Weather::power_on);
      CHECK((links == 0 || links == 1));
      CHECK((powers == 0 || powers == 1));
    }
    CHECK(links == 0);
    CHECK(powers == 0);
  }
}

TEST_CASE("in every storm people work, the office edits, and several kinds of trouble come") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    const auto counts = counts_of(make_storm(seed, kSpan));
    for (const Weather once : {Weather::rfi, Weather::reply, Weather::edit, Weather::office}) {
      CHECK(counts.at(once) == 1);
    }
    CHECK(counts.at(Weather::note) >= 1);
    CHECK(counts.at(Weather::photo) >= 1);
    const auto kinds = std::count_if(counts.begin(), counts.end(),
                                     [](const auto& row) { return is_trouble(row.first); });
    CHECK(kinds >= 4);
  }
}

TEST_CASE("a short storm has trouble, and one too short for a spell still has people") {
  const auto events = make_storm(3, Millis{6'000});
  CHECK(std::any_of(events.begin(), events.end(),
                    [](const StormEvent& event) { return is_trouble(event.what); }));
  CHECK(counts_of(make_storm(3, Millis{1'000})).at(Weather::note) >= 1);
}

TEST_CASE("every kind of weather comes, each under its own name") {
  std::set<Weather> seen;
  std::set<std::string_view> names;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const StormEvent& event : make_storm(seed, kSpan)) {
      seen.insert(event.what);
      names.insert(name(event.what));
    }
  }
  CHECK(seen.size() == 16);
  CHECK(names.size() == seen.size());
}

}  // namespace fieldsync::trial
