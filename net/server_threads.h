#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace fieldsync::net {

/// Threads that come when work waits and none is idle, up to a limit. Any thread.
class ServerThreads {
 public:
  using Job = std::function<void()>;
  ServerThreads() = default;
  ~ServerThreads();  ///< as `finish`
  /// False when too much waits already: `job` was not taken.
  bool take(Job job);
  /// Lets the jobs that wait and run end, and joins.
  void finish();

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool finishing_ = false;
};

}  // namespace fieldsync::net
