#pragma once

#include <optional>

#include "tests/sim/plan.h"

namespace fieldsync::sim {

/// What of a plan is played; without a value all of it.
struct Part {
  std::optional<std::vector<std::string>> troubles;  ///< by name
  std::optional<std::vector<int>> steps;             ///< by number
  std::optional<int> devices;
};
Plan part_of(Plan plan, const Part& part);
/// The options of fieldsync-sim that play `plan` of all that its seed plans:
/// "--troubles slow,rights --steps 3,7 --devices 1".
std::string options_for(const Plan& plan);

struct Shrunk {
  Plan plan;
  std::string wrong;
};

/// The smallest plan found that still fails in the same way (by the first word of `wrong`):
/// troubles are dropped first, then steps, then devices. Runs 80 worlds at most.
Shrunk shrink(const Plan& plan, const std::string& wrong);

}  // namespace fieldsync::sim
