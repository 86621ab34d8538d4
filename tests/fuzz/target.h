#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "platform/base/result.h"
#include "platform/base/text.h"

/// What every target shares. A target is a file that defines `fuzz_one`, which feeds one input to
/// the code under test and claims properties of what comes back.
namespace fieldsync::fuzz {

/// A claim that does not hold. libFuzzer ends at it like at a crash; the replay counts it.
struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};

inline void expect(bool holds, std::string_view claim, std::string_view seen = {}) {
  if (holds) return;
  throw Broken(std::string(claim) + (seen.empty() ? "" : ": ") + base::printable(seen));
}

/// What a person reads fits on a screen, also when the input was long.
inline constexpr std::size_t kWhatBytesMax = 2'000;

/// A refusal has a cause (Result checks that) and a text that can be shown.
inline void expect_clear(const base::Failure& failure) {
  expect(!base::trimmed(failure.what).empty(), "a refusal says what is wrong");
  expect(base::is_utf8(failure.what), "a refusal is readable text", failure.what);
  expect(failure.what.size() <= kWhatBytesMax, "a refusal is not as long as its input");
}

/// The target; entry.cpp hands it what libFuzzer or the replay made.
void fuzz_one(std::string_view input);

}  // namespace fieldsync::fuzz
