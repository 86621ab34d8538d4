#include "platform/workers.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace fieldsync::platform {

struct ThreadWorkers::State {
  struct Job {
    Task job;
    Task done;
  };

  explicit State(EventLoop& the_loop) : loop(the_loop) {}

  void work() {
    for (;;) {
      Job next;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return ending || !jobs.empty(); });
        if (ending) return;
        next = std::move(jobs.front());
        jobs.pop_front();
      }
      next.job();
      next.job = nullptr;  // what the job held is released before its end is told
      loop.post(std::move(next.done));
    }
  }

  EventLoop& loop;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Job> jobs;
  bool ending = false;
  std::thread thread;
};

ThreadWorkers::ThreadWorkers(EventLoop& loop) : state_(std::make_unique<State>(loop)) {
  state_->thread = std::thread([state = state_.get()] { state->work(); });
}

ThreadWorkers::~ThreadWorkers() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = true;
  }
  state_->changed.notify_one();
  state_->thread.join();
}

void ThreadWorkers::run(Task job, Task done) {
  const std::lock_guard lock(state_->mutex);
  state_->jobs.push_back({std::move(job), std::move(done)});
  state_->changed.notify_one();
}

}  // namespace fieldsync::platform
