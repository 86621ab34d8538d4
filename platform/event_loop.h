#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "platform/base/types.h"
#include "platform/clock.h"

/// One thread owns all agent state: the one that runs the loop. Work that only moves bytes runs
/// elsewhere and comes back with `post`.
namespace fieldsync::platform {

using Task = std::function<void()>;
enum class TimerId : std::uint64_t {};

class EventLoop {
 public:
  virtual ~EventLoop() = default;
  /// Runs `task` on the loop thread, in order of posting. Any thread.
  virtual void post(Task task) = 0;
  /// Runs `task` on the loop thread at `at` or as soon after as possible. Loop thread only.
  virtual TimerId call_at(base::Instant at, Task task) = 0;
  /// No effect when the timer has fired already. Loop thread only.
  virtual void cancel(TimerId timer) = 0;
};

/// The real loop: sleeps on a condition variable until the next deadline or post; never polls.
/// Timers of equal time fire in order of creation. A pass fires the timers due at its start, then
/// runs the tasks posted until then, so neither can starve the other.
class ThreadLoop final : public EventLoop {
 public:
  explicit ThreadLoop(const Clock& clock);
  ~ThreadLoop() override;
  void post(Task task) override;
  TimerId call_at(base::Instant at, Task task) override;
  void cancel(TimerId timer) override;

  /// Runs until `stop`. The calling thread is the loop thread from now on.
  void run();
  /// Runs until `done` is true, asked after each task and timer.
  void run_until(const std::function<bool()>& done);
  /// Makes `run` or `run_until` return after the current task; when none runs, the next one returns
  /// at once. One stop ends one run; what was not run yet stays for the next. Any thread.
  void stop();
  /// Wake-ups since the start: what idleness is measured by.
  std::uint64_t wakeups() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fieldsync::platform
