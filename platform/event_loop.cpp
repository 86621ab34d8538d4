#include "platform/event_loop.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

#include "platform/base/check.h"

namespace fieldsync::platform {

struct ThreadLoop::State {
  explicit State(const Clock& the_clock) : clock(the_clock) {}

  const Clock& clock;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Task> tasks;   // under mutex
  bool stop_asked = false;  // under mutex
  std::atomic<std::uint64_t> wakeups{0};

  // Loop thread only. The key's second part, the order of creation, breaks ties.
  std::map<std::pair<base::Instant, std::uint64_t>, Task> timers;
  std::unordered_map<std::uint64_t, base::Instant> timer_times;
  std::uint64_t last_timer = 0;
  std::atomic<std::thread::id> owner{};

  bool on_loop_thread() const {
    const std::thread::id id = owner.load();
    return id == std::thread::id{} || id == std::this_thread::get_id();
  }

  bool stopped() {
    const std::lock_guard lock(mutex);
    return stop_asked;
  }

  std::optional<Task> take_due_timer(base::Instant now, std::uint64_t newest) {
    // Timers made during this pass wait for the next one, so a pass always ends.
    for (auto at = timers.begin(); at != timers.end() && at->first.first <= now; ++at) {
      if (at->first.second > newest) continue;
      Task task = std::move(at->second);
      timer_times.erase(at->first.second);
      timers.erase(at);
      return task;
    }
    return std::nullopt;
  }

  std::optional<Task> take_task() {
    const std::lock_guard lock(mutex);
    if (tasks.empty()) return std::nullopt;
    Task task = std::move(tasks.front());
    tasks.pop_front();
    return task;
  }

  /// Runs what is due. True when `done` or a stop ended it.
  bool pass(const std::function<bool()>& done) {
    const base::Instant now = clock.now();
    const std::uint64_t newest = last_timer;
    while (auto task = take_due_timer(now, newest)) {
      (*task)();
      if (stopped() || done()) return true;
    }
    std::size_t count = 0;
    {
      const std::lock_guard lock(mutex);
      count = tasks.size();
    }
    for (; count > 0; --count) {
      if (auto task = take_task()) (*task)();
      if (stopped() || done()) return true;
    }
    return false;
  }

  void sleep_until_something() {
    std::unique_lock lock(mutex);
    const auto ready = [&] { return stop_asked || !tasks.empty(); };
    if (timers.empty()) {
      while (!ready()) {
        changed.wait(lock);
        wakeups.fetch_add(1);
      }
      return;
    }
    if (ready()) return;
    const base::Millis wait = timers.begin()->first.first - clock.now();
    if (wait <= base::Millis{0}) return;
    changed.wait_for(lock, std::min<base::Millis>(wait, std::chrono::hours{24}));
    wakeups.fetch_add(1);
  }
};

ThreadLoop::ThreadLoop(const Clock& clock) : state_(std::make_unique<State>(clock)) {}
ThreadLoop::~ThreadLoop() = default;

void ThreadLoop::post(Task task) {
  const std::lock_guard lock(state_->mutex);
  state_->tasks.push_back(std::move(task));
  state_->changed.notify_one();
}

TimerId ThreadLoop::call_at(base::Instant at, Task task) {
  FS_CHECK(state_->on_loop_thread());
  const std::uint64_t id = ++state_->last_timer;
  state_->timers.emplace(std::pair{at, id}, std::move(task));
  state_->timer_times.emplace(id, at);
  return TimerId{id};
}

void ThreadLoop::cancel(TimerId timer) {
  FS_CHECK(state_->on_loop_thread());
  const auto id = static_cast<std::uint64_t>(timer);
  const auto at = state_->timer_times.find(id);
  if (at == state_->timer_times.end()) return;
  state_->timers.erase({at->second, id});
  state_->timer_times.erase(at);
}

void ThreadLoop::run() {
  run_until([] { return false; });
}

void ThreadLoop::run_until(const std::function<bool()>& done) {
  state_->owner = std::this_thread::get_id();
  if (!state_->stopped() && !done()) {
    while (!state_->pass(done)) {
      state_->sleep_until_something();
      if (state_->stopped()) break;
    }
  }
  const std::lock_guard lock(state_->mutex);
  state_->stop_asked = false;
}

void ThreadLoop::stop() {
  const std::lock_guard lock(state_->mutex);
  state_->stop_asked = true;
  state_->changed.notify_one();
}

std::uint64_t ThreadLoop::wakeups() const { return state_->wakeups.load(); }

}  // namespace fieldsync::platform
