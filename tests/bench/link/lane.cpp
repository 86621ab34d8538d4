#include "tests/bench/link/lane.h"

#include <algorithm>
#include <cmath>

namespace fieldsync::bench::link {

bool CutSchedule::is_cut(Seconds since_start) const {
  if (cut <= 0 || since_start < 0) return false;
  return std::fmod(since_start, period) >= period - cut;
}

bool Lane::offer(std::string packet, Seconds now, bool is_cut) {
  if (is_cut) {
    ++count_.dropped_cut;
    return false;
  }
  const auto size = static_cast<double>(packet.size());
  Seconds leaves = now;
  if (spec_.bits_per_second > 0) {
    const double waiting = wait(now) * spec_.bits_per_second / 8;
    if (waiting + size > spec_.queue_bytes) {
      ++count_.dropped_full;
      return false;
    }
    free_at_ = std::max(now, free_at_) + size * 8 / spec_.bits_per_second;
    leaves = free_at_;
  }
  if (spec_.loss > 0 && std::uniform_real_distribution<>()(chance_) < spec_.loss) {
    ++count_.dropped_loss;
    return false;
  }
  flying_.push_back({leaves + spec_.delay, std::move(packet)});
  return true;
}

void Lane::deliver(Seconds now, bool is_cut, const std::function<void(const std::string&)>& take) {
  while (!flying_.empty() && flying_.front().arrives <= now) {
    if (is_cut) {
      ++count_.dropped_cut;
    } else {
      count_.bytes += static_cast<std::int64_t>(flying_.front().packet.size());
      ++count_.packets;
      take(flying_.front().packet);
    }
    flying_.pop_front();
  }
}

std::optional<Seconds> Lane::next() const {
  if (flying_.empty()) return std::nullopt;
  return flying_.front().arrives;
}

Seconds Lane::wait(Seconds now) const { return std::max(0.0, free_at_ - now); }

}  // namespace fieldsync::bench::link
