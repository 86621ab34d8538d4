#include <doctest/doctest.h>

#include "agent/merge/three_way.h"

using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;

namespace {

const kinds::KindDescriptor& rfi() { return *kinds::find_kind("rfi"); }

merge::Merged merged(const char* field, const Value& before, const Value& ours,
                     const Value& theirs) {
  return merge::three_way(rfi(), Document{{field, before}}, Document{{field, ours}},
                          Document{{field, theirs}});
}

}  // namespace

TEST_CASE("a scalar changed on one side takes that side, on both to the same is no conflict") {
  struct Row {
    const char* description;
    Value before, ours, theirs;
    bool sends, conflicts;
  };
  const Row rows[] = {
      {"changed here only", "a", "b", "a", true, false},
      {"changed there only", "a", "a", "b", false, false},
      {"changed to the same", "a", "b", "b", false, false},
      {"changed differently", "a", "b", "c", false, true},
      {"unset became ours", Value(), "b", Value(), true, false},
      {"unset became two things", Value(), "b", "c", false, true},
      {"cleared here", "a", Value(), "a", true, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.description);
    const merge::Merged result = merged("subject", row.before, row.ours, row.theirs);
    CHECK(result.to_send.has("subject") == row.sends);
    CHECK(result.conflicts.empty() != row.conflicts);
  }
}

TEST_CASE("what both sides added to a set and removed from it is all applied") {
  const auto result = merged("distribution", List{"a", "b"}, List{"b", "c"}, List{"a", "b", "d"});
  CHECK(result.conflicts.empty());
  CHECK(*result.to_send.find("distribution") == Value(List{"b", "d", "c"}));
}

TEST_CASE("a set that already holds our additions is not sent again") {
  const auto result = merged("distribution", List{"a"}, List{"a", "b"}, List{"b", "a", "c"});
  CHECK(result.to_send.empty());
  CHECK(result.conflicts.empty());
}

TEST_CASE("what belongs to the service is never sent") {
  CHECK(merged("number", "1", "2", "1").to_send.empty());
}
