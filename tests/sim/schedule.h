#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <tuple>

#include "platform/base/types.h"
#include "platform/event_loop.h"
#include "platform/random.h"

namespace fieldsync::sim {

/// All events of one world in virtual time, which jumps from one to the next. One thread.
class Schedule {
 public:
  using EventId = std::uint64_t;

  explicit Schedule(platform::Random random) : random_(random) {}

  base::Instant now() const { return now_; }
  std::uint64_t events() const { return events_; }

  /// Runs `task` now, after what was posted before and before every timed event.
  EventId post(platform::Task task) { return put(now_, 0, std::move(task)); }
  /// Events of one time that were set by `at` run in the order they were set in.
  EventId at(base::Instant when, platform::Task task) { return put(when, 1, std::move(task)); }
  /// As `at`, but among events of one time the order is drawn: for what comes from outside.
  EventId at_random_place(base::Instant when, platform::Task task) {
    return put(when, random_.below(3), std::move(task));
  }
  void cancel(EventId event);
  /// Time goes on while an event runs: what is due meanwhile comes late.
  void pass(base::Millis span) { now_ = now_ + span; }

  /// Runs the next event that is due by `end`; otherwise goes to `end` and returns false.
  bool run_one(base::Instant end);

 private:
  using Key = std::tuple<base::Instant, std::uint64_t, EventId>;
  EventId put(base::Instant when, std::uint64_t place, platform::Task task);

  platform::Random random_;
  base::Instant now_{base::Millis{1'000}};
  std::map<Key, platform::Task> queue_;
  std::map<EventId, Key> keys_;
  EventId last_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace fieldsync::sim
