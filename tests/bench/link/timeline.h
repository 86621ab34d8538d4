#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/link/lane.h"

namespace fieldsync::bench::link {

/// What fieldsync-link wrote of what crossed: the times are those of arrival at the other end.
struct Crossing {
  Seconds at = 0;
  std::string what;  ///< up, down, link or told
  std::string text;
};
struct Counted {
  Seconds at = 0;
  std::int64_t up = 0, down = 0;  ///< bytes of packets carried
  std::int64_t stream_up = 0;     ///< bytes of TCP streams carried up, each once
  std::int64_t repeated_up = 0;   ///< and those TCP itself carried again
  std::int64_t dropped_up = 0;    ///< packets the full queue dropped
  std::int64_t wait_ms = 0;       ///< before a packet offered now would leave
};
struct Timeline {
  std::vector<Crossing> crossings;
  std::vector<Counted> counted;

  /// The newest count not later than `at`; zeros before the first.
  Counted at(Seconds at) const;
  int cuts_between(Seconds from, Seconds to) const;
};
Timeline read_timeline(const std::string& file);

/// Where the time of a transfer went, one line each: the whole link was idle for more than 0.2 s
/// though there was something to send, and what crossed before and after; how long packets waited.
/// At most `lines_max` of the longest gaps.
std::vector<std::string> explain_gaps(const Timeline& timeline, Seconds from, Seconds to,
                                      double up_kbit, std::size_t lines_max);

}  // namespace fieldsync::bench::link
