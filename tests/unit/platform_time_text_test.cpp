#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

#include "platform/base/time_text.h"

namespace fieldsync::base {
namespace {

WallTime at(std::int64_t millis) { return WallTime{Millis{millis}}; }

}  // namespace

TEST_CASE("a time reads back as it was written") {
  struct Row {
    std::int64_t millis;
    const char* seconds;
    const char* exact;
  };
  const std::vector<Row> rows = {
      {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
      {-1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999Z"},
      {1'790'258'590'042, "2026-09-24T14:03:10Z", "2026-09-24T14:03:10.042Z"},
      {951'782'400'000, "2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"},
      {253'402'300'799'999, "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z"},
  };
  for (const Row& row : rows) {
    CHECK(to_iso_seconds(at(row.millis)) == row.seconds);
    CHECK(to_iso_millis(at(row.millis)) == row.exact);
    CHECK(parse_iso(row.exact) == at(row.millis));
  }
}

TEST_CASE("a time beyond four digits of year is written as the nearest end") {
  CHECK(to_iso_seconds(at(std::numeric_limits<std::int64_t>::max())) == "9999-12-31T23:59:59Z");
  CHECK(to_iso_seconds(at(std::numeric_limits<std::int64_t>::min())) == "0000-01-01T00:00:00Z");
}

TEST_CASE("times with offset and fraction are understood") {
  const auto noon = parse_iso("2026-09-24T12:00:00Z");
  REQUIRE(noon);
  for (const char* same :
       {"2026-09-24T14:00:00+02:00", "2026-09-24T04:30:00-07:30", "2026-09-24T12:00:00.0Z",
        "2026-09-24T12:00:00+00:00", "2026-09-25T01:45:00+13:45", "2026-09-23T23:59:00-12:01"}) {
    CAPTURE(same);
    CHECK(parse_iso(same) == noon);
  }
  CHECK(parse_iso("2026-09-24T12:00:00.5Z") == *noon + Millis{500});
  CHECK(parse_iso("2026-09-24T12:00:00.123456789Z") == *noon + Millis{123});
}

TEST_CASE("whatever is not exactly a time is refused") {
  for (const char* bad : {"",
                          "2026-09-24",
                          "2026-09-24T12:00:00",
                          "2026-09-24 12:00:00Z",
                          "2026-09-24T12:00Z",
                          "2026-9-24T12:00:00Z",
                          "2026-02-29T12:00:00Z",
                          "2100-02-29T12:00:00Z",
                          "2026-04-31T12:00:00Z",
                          "2026-13-01T12:00:00Z",
                          "2026-00-01T12:00:00Z",
                          "2026-09-00T12:00:00Z",
                          "2026-09-24T24:00:00Z",
                          "2026-09-24T12:60:00Z",
                          "2026-09-24T12:00:60Z",
                          "2026-09-24T12:00:00z",
                          "2026-09-24t12:00:00Z",
                          "2026-09-24T12:00:00.Z",
                          "2026-09-24T12:00:00.1234567890Z",
                          "2026-09-24T12:00:00+0200",
                          "2026-09-24T12:00:00+2:00",
                          "2026-09-24T12:00:00+24:00",
                          "2026-09-24T12:00:00+02:60",
                          "2026-09-24T12:00:00ZZ",
                          "2026-09-24T12:00:00Z ",
                          " 2026-09-24T12:00:00Z",
                          "+026-09-24T12:00:00Z",
                          "-2026-09-24T12:00:00Z",
                          "null",
                          "20260924T120000Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_iso(bad).has_value());
  }
}

TEST_CASE("days are real days") {
  for (const char* good : {"2024-02-29", "2000-02-29", "2026-12-31", "0000-01-01"}) {
    CAPTURE(good);
    CHECK(is_iso_date(good));
    CHECK(to_iso_date(*parse_iso_date(good)) == good);
  }
  for (const char* bad : {"2026-02-29", "1900-02-29", "2026-02-30", "2026-06-31", "2026-1-01",
                          "2026-01-01Z", "26-01-01", "2026/01/01", "", "01-01-2026"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_iso_date(bad));
  }
}

TEST_CASE("the calendar day follows the offset") {
  const WallTime late = *parse_iso("2026-09-24T23:30:00Z");
  CHECK(to_iso_date(late) == "2026-09-24");
  CHECK(to_iso_date(late, 60) == "2026-09-25");
  CHECK(to_iso_date(late, -24 * 60) == "2026-09-23");
}

TEST_CASE("the Date header is understood in its one form") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == at(784'111'777'000));
  CHECK(to_http_date(at(784'111'777'999)) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT") == parse_iso("2024-02-29T00:00:00Z"));
  for (const char* bad :
       {"", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Sun, 06 nov 1994 08:49:37 GMT", "Thu, 30 Feb 2024 00:00:00 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT+1", "Sun, 06 Nov 1994 25:49:37 GMT"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_http_date(bad).has_value());
  }
}

TEST_CASE("spans and sizes are short for people") {
  using namespace std::chrono_literals;
  CHECK(to_human(0ms) == "0 s");
  CHECK(to_human(-5s) == "0 s");
  CHECK(to_human(40'999ms) == "40 s");
  CHECK(to_human(12min + 59s) == "12 min");
  CHECK(to_human(3h + 5min) == "3 h 05 min");
  CHECK(to_human(47h + 59min) == "47 h 59 min");
  CHECK(to_human(48h) == "2 d");
  CHECK(bytes_to_human(0) == "0 B");
  CHECK(bytes_to_human(840) == "840 B");
  CHECK(bytes_to_human(999) == "999 B");
  CHECK(bytes_to_human(1'000) == "1.0 kB");
  CHECK(bytes_to_human(999'949) == "999.9 kB");
  CHECK(bytes_to_human(999'950) == "1.0 MB");
  CHECK(bytes_to_human(1'432'000) == "1.4 MB");
  CHECK(bytes_to_human(std::numeric_limits<std::int64_t>::max()) == "9.2 EB");
  CHECK(bytes_to_human(-2'500) == "-2.5 kB");
}

}  // namespace fieldsync::base
