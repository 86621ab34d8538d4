#include "platform/random.h"

#include <bit>

#include "platform/base/check.h"
#include "platform/host.h"

namespace fieldsync::platform {
namespace {

/// splitmix64: spreads a seed of few set bits over the whole state.
std::uint64_t spread(std::uint64_t& seed) {
  seed += 0x9E3779B97F4A7C15u;
  std::uint64_t mixed = seed;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = spread(seed);
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t limit) {
  FS_CHECK(limit > 0);
  // The lowest 2^64 mod limit draws are left out: the rest divides evenly.
  const std::uint64_t uneven = (0 - limit) % limit;
  for (;;) {
    const std::uint64_t draw = next();
    if (draw >= uneven) return draw % limit;
  }
}

std::int64_t Random::between(std::int64_t low, std::int64_t high) {
  FS_CHECK(low <= high);
  const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  const std::uint64_t draw = span == 0 ? next() : below(span);  // 0: all 2^64 values
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + draw);
}

bool Random::chance(double probability) { return fraction() < probability; }

double Random::fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::string Random::base32(int length) {
  static constexpr char kDigits[] = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string text;
  for (int i = 0; i < length; ++i) text += kDigits[next() >> 59];
  return text;
}

Random Random::fork() { return Random(next()); }

std::string system_random_hex(int bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  std::uint64_t bits = 0;
  for (int i = 0; i < bytes; ++i) {
    bits = i % static_cast<int>(sizeof bits) == 0 ? system_entropy() : bits >> 8;
    text += kDigits[bits >> 4 & 15];
    text += kDigits[bits & 15];
  }
  return text;
}

}  // namespace fieldsync::platform
