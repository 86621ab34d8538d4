#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/bench/samples.h"

namespace fieldsync::bench {

/// What a figure is held against. A ratio to a limit measured in the same run tells of our code and
/// can fail; an absolute aim depends on the machine too and is only marked; the rest informs.
enum class Aim { ratio_at_most, ratio_at_least, at_most, none };

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  Aim aim = Aim::none;
  double limit = 0;
  std::string detail;  ///< what it rests on
};

/// All figures of this run, in order.
class Figures {
 public:
  void add(Figure figure) { all_.push_back(std::move(figure)); }
  /// A ratio with its spread in the detail.
  void add_ratio(const std::string& name, const Ratio& ratio, double limit,
                 const std::string& detail);
  /// One that could not be measured counts as failed.
  void add_failure(const std::string& name, const std::string& why);
  /// A line for each figure, and at the end `N passed, N failed`.
  void print(std::ostream& out) const;
  /// The lines of what was added since the last call, for runs that take long.
  void print_new(std::ostream& out);
  bool all_passed() const { return failed() == 0; }

 private:
  int failed() const;

  std::vector<Figure> all_;
  std::size_t printed_ = 0;  ///< of `all_`, by print_new
  std::vector<Figure> broken_;
};

Figures& figures();

}  // namespace fieldsync::bench
