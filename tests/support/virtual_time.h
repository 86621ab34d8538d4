#pragma once

#include <deque>
#include <functional>
#include <map>

#include "platform/event_loop.h"
#include "platform/workers.h"

/// Time that passes only when nothing else is left to do.
namespace fieldsync::tests {

class VirtualClock final : public platform::Clock {
 public:
  base::Instant now() const override { return now_; }
  base::WallTime wall() const override { return start_ + now_.since_start; }
  int utc_offset_minutes(base::WallTime) const override { return 0; }
  void advance_to(base::Instant at) { now_ = std::max(now_, at); }

 private:
  base::Instant now_{base::Millis{1'000}};
  base::WallTime start_{base::Millis{1'790'000'000'000}};  // 2026-09-21
};

class VirtualLoop final : public platform::EventLoop {
 public:
  explicit VirtualLoop(VirtualClock& clock) : clock_(clock) {}

  void post(platform::Task task) override { tasks_.push_back(std::move(task)); }
  platform::TimerId call_at(base::Instant at, platform::Task task) override {
    const std::uint64_t id = ++last_;
    timers_.emplace(std::pair(at, id), std::move(task));
    return platform::TimerId{id};
  }
  void cancel(platform::TimerId timer) override {
    std::erase_if(timers_, [&](const auto& entry) {
      return entry.first.second == static_cast<std::uint64_t>(timer);
    });
  }

  /// Runs what is due, jumping from event to event, until `done` or `limit` of virtual time passed.
  /// Whether `done` came true.
  bool run_until(const std::function<bool()>& done, base::Millis limit) {
    const base::Instant end = clock_.now() + limit;
    while (!done()) {
      if (!step(end)) return done();
    }
    return true;
  }
  /// Forgets everything posted and timed: what a crash does.
  void clear() {
    tasks_.clear();
    timers_.clear();
  }
  std::uint64_t events() const { return events_; }

 private:
  bool step(base::Instant end) {
    ++events_;
    if (!tasks_.empty()) {
      const platform::Task task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
      return true;
    }
    if (timers_.empty() || timers_.begin()->first.first > end) {
      clock_.advance_to(end);
      return false;
    }
    const auto first = timers_.begin();
    clock_.advance_to(first->first.first);
    const platform::Task task = std::move(first->second);
    timers_.erase(first);
    task();
    return true;
  }

  VirtualClock& clock_;
  std::deque<platform::Task> tasks_;
  std::map<std::pair<base::Instant, std::uint64_t>, platform::Task> timers_;
  std::uint64_t last_ = 0;
  std::uint64_t events_ = 0;
};

/// Runs each job at once, and its end as a message.
class InlineWorkers final : public platform::Workers {
 public:
  explicit InlineWorkers(platform::EventLoop& loop) : loop_(loop) {}
  void run(platform::Task job, platform::Task done) override {
    job();
    loop_.post(std::move(done));
  }

 private:
  platform::EventLoop& loop_;
};

}  // namespace fieldsync::tests
