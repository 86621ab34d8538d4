#pragma once

#include <string>
#include <vector>

#include "platform/random.h"

namespace fieldsync::fuzz {

/// Inputs do not grow past this: every limit of the readers is below it or needs its own test.
inline constexpr std::size_t kInputBytesMax = 64 * 1024;

/// Damaged forms of inputs that are good. One seed gives one row of inputs. One thread.
class Mutator {
 public:
  /// `corpus` is not empty and outlives this.
  Mutator(const std::vector<std::string>& corpus, std::uint64_t seed)
      : corpus_(corpus), random_(seed) {}
  /// One to eight changes to `input`: bits, bytes, numbers, words, stretches removed, repeated,
  /// moved or taken from another input.
  std::string mutated(std::string input);

 private:
  void change(std::string& input);
  std::size_t place(const std::string& input);

  const std::vector<std::string>& corpus_;
  platform::Random random_;
};

}  // namespace fieldsync::fuzz
