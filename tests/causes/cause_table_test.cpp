#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "agent/cli/causes.h"
#include "tests/support/cause_test.h"

// The table of causes, its page and its tests must not fall apart.

namespace fieldsync::tests {
namespace {

using base::Cause;

/// Rows that nothing can meet yet, with what is not there.
const std::map<Cause, std::string_view>& not_yet_met() {
  static const std::map<Cause, std::string_view> all = {
      {Cause::notes_not_complete, "notes on drawings are no kind yet"},
      {Cause::connection_requested, "connected projects are not looked at yet"},
      {Cause::connection_disconnected, "connected projects are not looked at yet"},
  };
  return all;
}

}  // namespace

TEST_CASE("every cause has one test named after what people say, or says why not yet") {
  for (const base::CauseInfo& row : base::all_causes()) {
    CAPTURE(row.id);
    const auto& tests = CauseTest::all();
    const auto count = std::count_if(tests.begin(), tests.end(), [&](const CauseTest& test) {
      return test.cause == row.cause && test.heard == row.heard;
    });
    CHECK(count == (not_yet_met().count(row.cause) == 0 ? 1 : 0));
  }
  CHECK(CauseTest::all().size() + not_yet_met().size() == base::all_causes().size());
}

TEST_CASE("the page of causes is what the table says") {
  std::ifstream file(FIELDSYNC_SOURCE_ROOT "/agent/CAUSES.md", std::ios::binary);
  std::ostringstream page;
  page << file.rdbuf();
  const bool is_same = page.str() == cli::causes_page();
  CHECK_MESSAGE(is_same, "make it anew: build/release/agent/fieldsync causes > agent/CAUSES.md");
}

}  // namespace fieldsync::tests
