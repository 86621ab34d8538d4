#pragma once

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <stdlib.h>

#include <string>

namespace fieldsync::tests {

/// Tries `property` on many generated inputs; a failure is shrunk to a small one and printed. The
/// same inputs on each run; RC_PARAMS="seed=7 max_success=100000" looks at others.
template <class Property>
void check_property(const std::string& claim, Property&& property) {
  // Read by RapidCheck once, before its first use.
  ::setenv("RC_PARAMS", "seed=42 max_success=3000", /*overwrite=*/0);
  const bool holds = rc::check(claim, std::forward<Property>(property));
  CHECK_MESSAGE(holds, claim);
}

}  // namespace fieldsync::tests
