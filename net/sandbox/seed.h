#pragma once

#include <cstdint>

#include "net/sandbox/world.h"

/// What the world holds at first: two companies, three projects, six people, and records with the
/// names that break naive programs. One seed gives one world, but for the day it is made on.
namespace fieldsync::net::sandbox {

enum class Size {
  tiny,   ///< 7 RFIs, 2 drawings in 4 revisions, 4 photos, 4 notes
  small,  ///< 60 RFIs, 12 drawings in 24 revisions, 40 photos, 30 notes
  large,  ///< 50,000 RFIs, 2,000 revisions, 5,000 photos, 3,000 notes
};
/// Nothing happens in a world that has projects.
void fill(World& world, Size size, std::uint64_t seed);

}  // namespace fieldsync::net::sandbox
