#include <doctest/doctest.h>

#include <string>

#include "agent/merge/text_merge.h"

using fieldsync::merge::merge_text;

TEST_CASE("texts merge by line, then by word, and conflict only where both changed a word") {
  struct Row {
    std::string description;
    const char *base, *ours, *theirs;
    const char* merged;  ///< nullptr: a conflict
  };
  const Row rows[] = {
      {"one side only", "a\nb\n", "a\nB\n", "a\nb\n", "a\nB\n"},
      {"other lines", "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"},
      {"both alike", "a\n", "b\n", "b\n", "b\n"},
      {"added at both ends", "b\n", "a\nb\n", "b\nc\n", "a\nb\nc\n"},
      {"other words of one line", "pour at grid D and stop", "pour at grid E and stop",
       "pour at grid D and go", "pour at grid E and go"},
      {"neighbouring words", "grid D today", "grid E today", "grid D tomorrow", nullptr},
      {"the same word", "pour at grid D", "pour at grid E", "pour at grid F", nullptr},
      {"one deletes what the other edits", "a\nb\nc\n", "a\nc\n", "a\nB\nc\n", nullptr},
      {"both delete the same", "a\nb\nc\n", "a\nc\n", "a\nc\n", "a\nc\n"},
      {"from nothing to two texts", "", "ours", "theirs", nullptr},
      {"from nothing to one text", "", "ours", "", "ours"},
      {"cleared on one side", "a\nb\n", "", "a\nb\n", ""},
      {"no last line end", "a\nb", "a\nb\nc", "A\nb", nullptr},
      {"different inserts at one place", "a\nb\n", "a\nx\nb\n", "a\ny\nb\n", nullptr},
  };
  for (const Row& row : rows) {
    CAPTURE(row.description);
    const auto merged = merge_text(row.base, row.ours, row.theirs);
    REQUIRE(merged.has_value() == (row.merged != nullptr));
    if (merged) CHECK(*merged == row.merged);
  }
}

TEST_CASE("a comparison past its limit is a conflict, never a long wait") {
  std::string base, ours, theirs;
  for (int i = 0; i < 5'000; ++i) {
    base += "b" + std::to_string(i) + "\n";
    ours += "o" + std::to_string(i) + "\n";
    theirs += "t" + std::to_string(i) + "\n";
  }
  CHECK_FALSE(merge_text(base, ours, theirs).has_value());
  CHECK(merge_text(base, ours, base) == ours);
}
