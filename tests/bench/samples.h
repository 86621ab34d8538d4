#pragma once

#include <string>
#include <vector>

namespace fieldsync::bench {

/// Nanoseconds of a clock that only runs forward.
double now_ns();

/// Times of one thing, in nanoseconds, in the order they were taken.
class Samples {
 public:
  void add(double ns) { all_.push_back(ns); }
  std::size_t size() const { return all_.size(); }
  /// The sample that `share` of all are not above; 0.5 is the median. At least one sample.
  double at(double share) const;
  double sum() const;
  /// Consecutive stretch number `index` of `count` equal ones: a run that was noisy in parts shows.
  Samples stretch(int index, int count) const;

 private:
  std::vector<double> all_;
};

/// One ratio and how far it lies apart in different stretches of the same run.
struct Ratio {
  double value = 0;
  double lowest = 0;
  double highest = 0;
};
/// `ours` to `limit` at a percentile; the samples were taken in turns.
Ratio ratio_at(const Samples& ours, const Samples& limit, double share);

/// "1.20 ms" from nanoseconds.
std::string time_text(double ns);

}  // namespace fieldsync::bench
