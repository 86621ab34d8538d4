#pragma once

#include <cstdint>
#include <string>

namespace fieldsync::platform {

/// A seeded stream of chance (xoshiro256**) with distributions of our own, so that one seed gives
/// one run with every compiler. Not for secrets: see SystemRandom in host.h. One thread.
class Random {
 public:
  explicit Random(std::uint64_t seed);
  std::uint64_t next();
  /// Uniform in [0, limit); limit > 0.
  std::uint64_t below(std::uint64_t limit);
  /// Uniform in [low, high], both included.
  std::int64_t between(std::int64_t low, std::int64_t high);
  /// True with the given probability in [0, 1].
  bool chance(double probability);
  /// Uniform in [0, 1).
  double fraction();
  /// `length` characters of Crockford's base 32 in lower case: 0-9 a-z without i l o u.
  std::string base32(int length);
  /// A stream of its own: draws in one leave the other alone.
  Random fork();

 private:
  std::uint64_t state_[4];
};

}  // namespace fieldsync::platform
