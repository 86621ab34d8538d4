#pragma once

#include <functional>
#include <memory>

#include "platform/event_loop.h"

namespace fieldsync::platform {

/// Runs jobs that only move bytes (hashing, image work) away from the loop thread.
class Workers {
 public:
  virtual ~Workers() = default;
  /// Runs `job` on some other thread, then `done` on the loop. Loop thread only.
  virtual void run(Task job, Task done) = 0;
};

/// One worker thread; jobs in order. The destructor waits for the running job and drops the rest.
class ThreadWorkers final : public Workers {
 public:
  explicit ThreadWorkers(EventLoop& loop);
  ~ThreadWorkers() override;
  void run(Task job, Task done) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fieldsync::platform
