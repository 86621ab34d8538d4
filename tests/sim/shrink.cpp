#include "tests/sim/shrink.h"

#include <algorithm>
#include <functional>

#include "tests/sim/sim_world.h"

namespace fieldsync::sim {
namespace {

constexpr int kWorldsMax = 80;

class Shrinker {
 public:
  Shrinker(Plan plan, std::string wrong) : best_{std::move(plan), std::move(wrong)} {}

  Shrunk run() {
    bool smaller = true;
    while (smaller && worlds_ < kWorldsMax) {
      smaller = false;
      for (std::size_t i = best_.plan.troubles.size(); i-- > 0;) {
        Plan plan = best_.plan;
        plan.troubles.erase(plan.troubles.begin() + static_cast<std::ptrdiff_t>(i));
        smaller = takes(plan) || smaller;
      }
      for (std::size_t i = best_.plan.steps.size(); i-- > 0;) {
        Plan plan = best_.plan;
        plan.steps.erase(plan.steps.begin() + static_cast<std::ptrdiff_t>(i));
        smaller = takes(plan) || smaller;
      }
      if (best_.plan.devices > 1) {
        Plan plan = best_.plan;
        --plan.devices;
        std::erase_if(plan.steps, [&](const Step& step) { return step.device >= plan.devices; });
        smaller = takes(plan) || smaller;
      }
    }
    return best_;
  }

 private:
  static std::string kind_of(const std::string& wrong) { return wrong.substr(0, wrong.find(' ')); }

  bool takes(const Plan& plan) {
    if (++worlds_ > kWorldsMax) return false;
    SimWorld world(plan);
    const std::string wrong = world.run();
    if (wrong.empty() || kind_of(wrong) != kind_of(best_.wrong)) return false;
    best_ = {plan, wrong};
    return true;
  }

  Shrunk best_;
  int worlds_ = 0;
};

}  // namespace

Plan part_of(Plan plan, const Part& part) {
  const auto among = [](const auto& list, const auto& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  };
  if (part.troubles) {
    std::erase_if(plan.troubles,
                  [&](Trouble one) { return !among(*part.troubles, std::string(name(one))); });
  }
  if (part.steps) {
    std::erase_if(plan.steps, [&](const Step& one) { return !among(*part.steps, one.number); });
  }
  if (part.devices) {
    plan.devices = std::min(plan.devices, *part.devices);
    std::erase_if(plan.steps, [&](const Step& one) { return one.device >= plan.devices; });
  }
  return plan;
}

std::string options_for(const Plan& plan) {
  std::string troubles, steps;
  for (const Trouble one : plan.troubles) {
    troubles += (troubles.empty() ? "" : ",") + std::string(name(one));
  }
  for (const Step& one : plan.steps)
    steps += (steps.empty() ? "" : ",") + std::to_string(one.number);
  return "--troubles \"" + troubles + "\" --steps \"" + steps + "\" --devices " +
         std::to_string(plan.devices);
}

Shrunk shrink(const Plan& plan, const std::string& wrong) { return Shrinker(plan, wrong).run(); }

}  // namespace fieldsync::sim
