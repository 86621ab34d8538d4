#pragma once

#include "tests/sim/plan.h"

namespace fieldsync::sim {

struct Shrunk {
  Plan plan;
  std::string wrong;
};

/// The smallest plan found that still fails in the same way (by the first word of `wrong`):
/// troubles are dropped first, then steps, then devices. Runs 80 worlds at most.
Shrunk shrink(const Plan& plan, const std::string& wrong);

}  // namespace fieldsync::sim
