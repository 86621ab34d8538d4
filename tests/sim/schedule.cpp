#include "tests/sim/schedule.h"

#include <algorithm>

namespace fieldsync::sim {

Schedule::EventId Schedule::put(base::Instant when, std::uint64_t place, platform::Task task) {
  const Key key{std::max(when, now_), place, ++last_};
  queue_.emplace(key, std::move(task));
  keys_.emplace(last_, key);
  return last_;
}

void Schedule::cancel(EventId event) {
  const auto found = keys_.find(event);
  if (found == keys_.end()) return;
  queue_.erase(found->second);
  keys_.erase(found);
}

bool Schedule::run_one(base::Instant end) {
  if (queue_.empty() || std::get<0>(queue_.begin()->first) > end) {
    now_ = std::max(now_, end);
    return false;
  }
  const auto first = queue_.begin();
  now_ = std::max(now_, std::get<0>(first->first));
  const platform::Task task = std::move(first->second);
  keys_.erase(std::get<2>(first->first));
  queue_.erase(first);
  ++events_;
  task();
  return true;
}

}  // namespace fieldsync::sim
