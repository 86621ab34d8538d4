#include "platform/base/json.h"

#include "tests/fuzz/target.h"

namespace fieldsync::fuzz {

void fuzz_one(std::string_view input) {
  const auto value = base::parse_json(input);
  if (!value.ok()) {
    expect(value.failure().cause == base::Cause::unexpected_answer, "one cause for bad JSON");
    return expect_clear(value.failure());
  }
  const std::string text = base::to_json(*value);
  expect(base::is_utf8(text), "what is written is UTF-8", text);
  const auto again = base::parse_json(text);
  expect(again.ok() && *again == *value, "what is written reads as the same", text);
  expect(base::to_json(*again) == text, "equal values have equal bytes", text);
  const auto pretty = base::parse_json(base::to_pretty_json(*value));
  expect(pretty.ok() && *pretty == *value, "the form for people reads as the same", text);
}

}  // namespace fieldsync::fuzz
