#include "net/server_threads.h"

#include <system_error>

#include "net/tuning.h"

namespace fieldsync::net {

ServerThreads::~ServerThreads() { finish(); }

bool ServerThreads::take(Job job) {
  const std::lock_guard lock(mutex_);
  if (finishing_ || jobs_.size() >= tuning::kServerQueueMax) return false;
  if (idle_ <= jobs_.size() && threads_.size() < tuning::kServerThreadsMax) {
    try {
      threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      // The system has no thread to give: the job waits for one we have, if we have any.
      if (threads_.empty()) return false;
    }
  }
  jobs_.push_back(std::move(job));
  wake_.notify_one();
  return true;
}

void ServerThreads::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void ServerThreads::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [this] { return finishing_ || !jobs_.empty(); });
    --idle_;
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
}

}  // namespace fieldsync::net
