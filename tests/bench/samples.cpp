#include "tests/bench/samples.h"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "platform/base/check.h"

namespace fieldsync::bench {
namespace {
/// Stretches of one run that its noise is read from: enough to see a bad one, long enough for a
/// median.
constexpr int kStretches = 5;
}  // namespace

double now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double Samples::at(double share) const {
  FS_CHECK(!all_.empty());
  std::vector<double> sorted = all_;
  const auto last = static_cast<double>(sorted.size() - 1);
  const auto index = static_cast<std::ptrdiff_t>(std::lround(share * last));
  std::nth_element(sorted.begin(), sorted.begin() + index, sorted.end());
  return sorted[static_cast<std::size_t>(index)];
}

double Samples::sum() const { return std::accumulate(all_.begin(), all_.end(), 0.0); }

Samples Samples::stretch(int index, int count) const {
  const auto size = static_cast<std::ptrdiff_t>(all_.size());
  Samples part;
  part.all_.assign(all_.begin() + size * index / count, all_.begin() + size * (index + 1) / count);
  return part;
}

Ratio ratio_at(const Samples& ours, const Samples& limit, double share) {
  FS_CHECK(ours.size() == limit.size() && ours.size() >= kStretches);
  Ratio ratio{ours.at(share) / limit.at(share), HUGE_VAL, 0};
  for (int i = 0; i < kStretches; ++i) {
    const double part =
        ours.stretch(i, kStretches).at(share) / limit.stretch(i, kStretches).at(share);
    ratio.lowest = std::min(ratio.lowest, part);
    ratio.highest = std::max(ratio.highest, part);
  }
  return ratio;
}

std::string time_text(double ns) {
  char text[32];
  if (ns < 1e6) {
    std::snprintf(text, sizeof text, "%.1f us", ns / 1e3);
  } else if (ns < 1e9) {
    std::snprintf(text, sizeof text, "%.2f ms", ns / 1e6);
  } else {
    std::snprintf(text, sizeof text, "%.2f s", ns / 1e9);
  }
  return text;
}

}  // namespace fieldsync::bench
