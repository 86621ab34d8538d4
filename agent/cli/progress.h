#pragma once

#include <cstdint>
#include <string>

#include "agent/cli/surroundings.h"

namespace fieldsync::cli {

/// A bar on stderr while something long goes on: only when stderr is a terminal. It is taken away
/// when the work is done, so that output below it is clean.
class Progress {
 public:
  explicit Progress(Surroundings& around) : around_(around) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of `total`; a total of 0 shows the label alone.
  void show(const std::string& label, std::int64_t done, std::int64_t total);
  void clear();

 private:
  Surroundings& around_;
  bool is_drawn_ = false;
};

/// "[######----]": pure, for tests. `cells` between the brackets.
std::string bar(std::int64_t done, std::int64_t total, int cells);

}  // namespace fieldsync::cli
