#include "tests/support/cause_test.h"

namespace fieldsync::tests {
namespace {

std::vector<CauseTest>& registered() {
  static std::vector<CauseTest> all;
  return all;
}

}  // namespace

CauseTest::CauseTest(base::Cause the_cause, std::string_view the_heard)
    : cause(the_cause), heard(the_heard) {
  registered().push_back(*this);
}

const std::vector<CauseTest>& CauseTest::all() { return registered(); }

void check_explained(const base::Document& why, base::Cause cause, std::string_view evidence,
                     Next next) {
  const base::CauseInfo& row = base::info(cause);
  CAPTURE(why.text("evidence"));
  CHECK(why.text("cause") == row.id);
  CHECK(why.text("sentence") == row.sentence);
  CHECK(why.text("owner") == base::name(row.owner));
  CHECK(why.text("next_step") == row.next_step);
  CHECK_FALSE(why.text("evidence").empty());
  CHECK(why.text("evidence").find(evidence) != std::string::npos);
  const base::Value* attempt = why.find("next_attempt");
  REQUIRE(attempt);
  CHECK(attempt->is_null() == (next == Next::by_event));
}

void check_refused(const base::Failure& failure, base::Cause cause, std::string_view what) {
  CAPTURE(failure.what);
  CHECK(base::info(failure.cause).id == base::info(cause).id);
  CHECK(failure.what.find(what) != std::string::npos);
  const std::string text = base::sentence(failure);
  CHECK(text.find(base::info(cause).sentence) != std::string::npos);
  CHECK(text.find(base::info(cause).next_step) != std::string::npos);
}

void check_refused(const base::Document& error, base::Cause cause, std::string_view what) {
  const base::CauseInfo& row = base::info(cause);
  CAPTURE(error.text("what"));
  CHECK(error.text("cause") == row.id);
  CHECK(error.text("sentence").find(row.sentence) != std::string::npos);
  CHECK(error.text("owner") == base::name(row.owner));
  CHECK(error.text("next_step") == row.next_step);
  CHECK(error.text("what").find(what) != std::string::npos);
}

}  // namespace fieldsync::tests
