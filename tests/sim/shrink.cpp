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

Shrunk shrink(const Plan& plan, const std::string& wrong) { return Shrinker(plan, wrong).run(); }

}  // namespace fieldsync::sim
