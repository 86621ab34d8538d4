#include "tests/bench/link/timeline.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace fieldsync::bench::link {
namespace {

constexpr Seconds kSample = 0.1;
/// A tenth of a second that carried less of what the lane can is idle.
constexpr double kIdleShare = 0.25;
constexpr Seconds kGapMin = 0.2;

struct Gap {
  Seconds from = 0, to = 0;
};

bool is_cut_at(const Timeline& timeline, Seconds at) {
  bool cut = false;
  for (const Crossing& one : timeline.crossings) {
    if (one.at > at) break;
    if (one.what == "link" && (one.text == "cut" || one.text == "whole")) cut = one.text == "cut";
  }
  return cut;
}

std::vector<Gap> gaps_of(const Timeline& timeline, Seconds from, Seconds to, double up_kbit) {
  const double whole = up_kbit * 1'000 / 8 * kSample;
  std::vector<Gap> gaps;
  std::int64_t before = timeline.at(from).up;
  for (Seconds at = from + kSample; at < to; at += kSample) {
    const std::int64_t now = timeline.at(at).up;
    const bool idle = static_cast<double>(now - before) < whole * kIdleShare;
    before = now;
    if (!idle || is_cut_at(timeline, at)) continue;
    if (!gaps.empty() && at - kSample - gaps.back().to < kSample / 2) {
      gaps.back().to = at;
    } else {
      gaps.push_back({at - kSample, at});
    }
  }
  std::erase_if(gaps, [](const Gap& gap) { return gap.to - gap.from < kGapMin; });
  return gaps;
}

std::string told(const Timeline& timeline, const Gap& gap, Seconds from) {
  char head[64];
  std::snprintf(head, sizeof head, "idle %.1f s at %.1f s:", gap.to - gap.from, gap.from - from);
  std::string line = head;
  int said = 0;
  for (const Crossing& one : timeline.crossings) {
    if (one.at < gap.from - kSample || one.at > gap.to + kSample) continue;
    if (++said > 10) return line + " …";
    char time[32];
    std::snprintf(time, sizeof time, " [%.2f ", one.at - from);
    line += time + one.what + " " + one.text.substr(0, 48) + "]";
  }
  return line;
}

}  // namespace

Counted Timeline::at(Seconds when) const {
  const auto after = std::upper_bound(counted.begin(), counted.end(), when,
                                      [](Seconds at, const Counted& one) { return at < one.at; });
  return after == counted.begin() ? Counted{} : *std::prev(after);
}

int Timeline::cuts_between(Seconds from, Seconds to) const {
  return static_cast<int>(
      std::count_if(crossings.begin(), crossings.end(), [&](const Crossing& one) {
        return one.what == "link" && one.text == "cut" && one.at >= from && one.at <= to;
      }));
}

Timeline read_timeline(const std::string& file) {
  Timeline timeline;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    Crossing crossing;
    words >> crossing.at >> crossing.what;
    if (crossing.what == "sample") {
      Counted one;
      one.at = crossing.at;
      words >> one.up >> one.down >> one.stream_up >> one.repeated_up >> one.dropped_up >>
          one.wait_ms;
      if (words) timeline.counted.push_back(one);
      continue;
    }
    std::getline(words >> std::ws, crossing.text);
    timeline.crossings.push_back(std::move(crossing));
  }
  return timeline;
}

std::vector<std::string> explain_gaps(const Timeline& timeline, Seconds from, Seconds to,
                                      double up_kbit, std::size_t lines_max) {
  std::vector<Gap> gaps = gaps_of(timeline, from, to, up_kbit);
  Seconds idle = 0;
  for (const Gap& gap : gaps) idle += gap.to - gap.from;
  std::int64_t longest_wait = 0, sum = 0, samples = 0;
  for (const Counted& one : timeline.counted) {
    if (one.at < from || one.at > to) continue;
    longest_wait = std::max(longest_wait, one.wait_ms);
    sum += one.wait_ms;
    ++samples;
  }
  char head[160];
  std::snprintf(head, sizeof head,
                "idle while whole: %.1f s in %zu gaps; the queue before the link: %lld ms on "
                "average, %lld ms at most",
                idle, gaps.size(), static_cast<long long>(samples ? sum / samples : 0),
                static_cast<long long>(longest_wait));
  std::vector<std::string> lines = {head};
  std::sort(gaps.begin(), gaps.end(),
            [](const Gap& a, const Gap& b) { return a.to - a.from > b.to - b.from; });
  if (gaps.size() > lines_max) gaps.resize(lines_max);
  std::sort(gaps.begin(), gaps.end(), [](const Gap& a, const Gap& b) { return a.from < b.from; });
  for (const Gap& gap : gaps) lines.push_back(told(timeline, gap, from));
  return lines;
}

}  // namespace fieldsync::bench::link
