#include <doctest/doctest.h>

#include <set>
#include <string>

#include "platform/base/cause.h"
#include "platform/base/result.h"

namespace fieldsync::base {

TEST_CASE("every cause has its own id, a sentence, an owner and a next step") {
  std::set<std::string_view> ids;
  for (const CauseInfo& row : all_causes()) {
    CAPTURE(row.id);
    CHECK(ids.insert(row.id).second);
    CHECK(info(row.cause).id == row.id);
    CHECK(cause_from_id(row.id) == row.cause);
    CHECK(row.sentence.size() >= 10);
    CHECK(row.sentence.ends_with('.'));
    CHECK(row.next_step.ends_with('.'));
    CHECK_FALSE(name(row.owner).empty());
  }
  CHECK_FALSE(cause_from_id("no_such_cause").has_value());
  CHECK_FALSE(cause_from_id("").has_value());
}

TEST_CASE("a failure reads as what happened, what is so and what to do") {
  CHECK(sentence({Cause::file_empty, "photo.jpg: 0 bytes"}) ==
        "photo.jpg: 0 bytes. The file is empty: it has 0 bytes. Take the picture again, or have "
        "the cloud drive download the file first.");
  CHECK(sentence({Cause::queued, ""}) == "It is waiting for its turn. It is sent by itself.");
  CHECK(sentence({Cause::queued, " Really?\n"}).starts_with("Really? It is waiting"));
  CHECK(sentence({Cause::queued, "a\x1B[2J"}).find('\x1B') == std::string::npos);
}

TEST_CASE("TRY hands the failure on and TRY_ASSIGN the value") {
  const auto parse = [](int n) -> Result<int> {
    if (n < 0) return Failure{Cause::bad_input, "negative"};
    return n;
  };
  const auto twice = [&](int n) -> Result<int> {
    TRY(parse(n));
    TRY_ASSIGN(const int value, parse(n));
    return value * 2;
  };
  CHECK(*twice(4) == 8);
  CHECK(twice(-1).failure().what == "negative");
}

}  // namespace fieldsync::base
