#include "agent/sync/forecast.h"

#include <doctest/doctest.h>

using namespace fieldsync;
using base::Millis;
using sync::Backlog;

namespace {

/// 1 MB/s at 50 ms, never cut.
sync::LinkModel steady() {
  sync::LinkModel link;
  link.answered(Millis{50});
  link.sent(5'000'000, Millis{5'000});
  return link;
}

}  // namespace

TEST_CASE("the forecast says what goes now, what takes how long, and what is not known") {
  struct Row {
    const char* description;
    Backlog backlog;
    sync::LinkModel link;
    int calls_an_hour;
    std::optional<std::int64_t> minutes;
    const char* words;
  };
  const Row rows[] = {
      {"nothing", {}, steady(), 600, 0, "nothing waits to be sent"},
      {"only edits", {12, 0, 0}, steady(), 600, 0, "12 edits now"},
      {"bytes decide", {1, 40, 600'000'000}, steady(), 600, 10, "1 edit now, 40 files (600"},
      {"calls decide", {0, 400, 1'000'000}, steady(), 600, 60, "400 files"},
      {"no link known", {0, 1, 5'000}, {}, 600, std::nullopt, "known once one"},
      {"too many to count", {3, 0, 0, Backlog::Counted::not_all}, steady(), 0, 0, "at least 3"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.description);
    const sync::Forecast made = sync::forecast(row.backlog, row.link, row.calls_an_hour);
    CHECK_MESSAGE(made.words.find(row.words) != std::string::npos, made.words);
    REQUIRE(made.files_in.has_value() == row.minutes.has_value());
    if (row.minutes) CHECK((made.files_in->count() + 30'000) / 60'000 == *row.minutes);
  }
}

TEST_CASE("a link that is cut again and again is forecast as slower than a steady one") {
  sync::LinkModel shaky = steady();
  for (int i = 0; i < 100; ++i) shaky.cut(Millis{3'000});
  const Backlog photos{0, 10, 50'000'000};
  CHECK(*sync::forecast(photos, shaky, 0).files_in > *sync::forecast(photos, steady(), 0).files_in);
}
