#pragma once

#include "tests/support/site_machine.h"

namespace fieldsync::tests {

/// One agent and one sandbox in one process and one thread, in virtual time: real stores on real
/// files, the real adapter, no sockets. Several agents: a SharedWorld and a SiteMachine for each.
class SmallWorld : public SharedWorld, public SiteMachine {
 public:
  explicit SmallWorld(std::uint64_t seed = 1) : SharedWorld(seed), SiteMachine(*this, Options{}) {}
};

}  // namespace fieldsync::tests
