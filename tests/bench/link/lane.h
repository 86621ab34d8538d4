#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <string>

namespace fieldsync::bench::link {

/// Seconds of CLOCK_MONOTONIC, or a span of them.
using Seconds = double;

/// One direction of a link. Bytes are those of whole IP packets.
struct LaneSpec {
  double bits_per_second = 0;  ///< 0: no limit
  double queue_bytes = 0;      ///< what waits at most; a packet more is dropped (drop-tail)
  Seconds delay = 0;           ///< after the last bit left
  double loss = 0;             ///< share of packets lost at random, 0 to 1
};

/// Cuts that come back: of every `period`, the last `cut` seconds. None when `cut` is 0.
struct CutSchedule {
  Seconds period = 0;
  Seconds cut = 0;
  bool is_cut(Seconds since_start) const;
};

struct LaneCount {
  std::int64_t bytes = 0;    ///< carried to the other end
  std::int64_t packets = 0;  ///< the same
  std::int64_t dropped_full = 0;
  std::int64_t dropped_loss = 0;
  std::int64_t dropped_cut = 0;
};

/// Rate, bounded queue, delay and loss of one direction. Pure: the time comes in with each call and
/// never goes back.
class Lane {
 public:
  Lane(const LaneSpec& spec, std::uint32_t seed) : spec_(spec), chance_(seed) {}

  /// A packet arrives at this end. Returns whether it got into the queue. `is_cut`: it is dropped.
  bool offer(std::string packet, Seconds now, bool is_cut);
  /// Hands out what has arrived at the other end by `now`; while it is cut all of it is dropped.
  void deliver(Seconds now, bool is_cut, const std::function<void(const std::string&)>& take);
  /// When the next packet arrives at the other end.
  std::optional<Seconds> next() const;
  /// How long a packet offered now would wait before its first bit leaves.
  Seconds wait(Seconds now) const;
  const LaneCount& count() const { return count_; }

 private:
  struct Flying {
    Seconds arrives;
    std::string packet;
  };
  LaneSpec spec_;
  std::mt19937 chance_;
  std::deque<Flying> flying_;
  Seconds free_at_ = 0;  ///< when the last bit of what was taken has left
  LaneCount count_;
};

}  // namespace fieldsync::bench::link
