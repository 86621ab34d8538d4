#pragma once

#include <cstdint>
#include <string>

#include "agent/try/waiting.h"

namespace fieldsync::trial {

/// A picture that every decoder accepts, of exactly `size` bytes (at least 64 kB) that do not
/// compress: one grey block, and before it what a camera's maker notes look like, from the seed.
std::string make_picture(ByteCount size, std::uint64_t seed);

}  // namespace fieldsync::trial
