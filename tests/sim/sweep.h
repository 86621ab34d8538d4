#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/sim/sim_world.h"

/// Every place of a short scenario, each with one mishap: what seeds find by chance, found by
/// counting.
namespace fieldsync::sim {

/// A world of one device without troubles, led by a scenario.
class Stage {
 public:
  Stage(const std::string& tool, const std::vector<Trouble>& troubles);
  SimWorld& world() { return world_; }
  Device& device() { return *world_.devices().front(); }
  /// A person or the office acts; `seed` is of the act's own choices.
  void act(Act act, std::uint64_t seed = 1);
  void wait(base::Millis span) { world_.run_for(span); }
  /// What must have come about when no mishap was there: the scenario is what it says.
  void expect(bool came_about, const char* what) {
    if (!came_about && missed_.empty()) missed_ = what;
  }
  const std::string& missed() const { return missed_; }

 private:
  SimWorld world_;
  int steps_ = 0;
  std::string missed_;
};

struct Scenario {
  const char* name;
  const char* tool;  ///< what the device follows
  void (*play)(Stage& stage);
  std::vector<Trouble> troubles = {};
};

/// What befalls the device once, at one of the places that are counted.
struct Mishap {
  const char* name;
  /// disk_change: before a call that changes what the disk holds. disk_call: instead of any call.
  enum class Place { disk_change, disk_call, exchange } place;
  /// Of the disk: does it, and returns how the call ends.
  std::function<DiskFault(Device&)> at_disk = nullptr;
  /// Of the link: what is certain to befall the exchange.
  double LinkFaults::*at_link = nullptr;
  /// Each place is tried with so many draws of chance.
  int draws = 1;
};

struct Swept {
  int places = 0;
  std::vector<std::string> wrong;  ///< "note, power cut at 17 (draw 2): lost: ..."
};

/// Plays the scenario once without a mishap; at every `every`-th place the process forks, and in
/// the child the mishap befalls and the world goes on to its end and is checked.
Swept sweep(const Scenario& scenario, const Mishap& mishap, int every);

}  // namespace fieldsync::sim
