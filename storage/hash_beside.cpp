#include "storage/hash_beside.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include "storage/tuning.h"

namespace fieldsync::storage {

struct HashBeside::State {
  enum class Ending { no, when_empty, at_once };

  void work() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [this] { return ending != Ending::no || !waiting.empty(); });
      if (ending == Ending::at_once || waiting.empty()) return;
      const auto bytes = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      hasher.add(*bytes);
      lock.lock();
      changed.notify_all();
    }
  }

  void end(Ending how) {
    if (!thread.joinable()) return;
    {
      const std::lock_guard lock(mutex);
      ending = how;
    }
    changed.notify_all();
    thread.join();
  }

  base::Hasher hasher;  ///< the thread's while it runs
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::shared_ptr<const std::string>> waiting;  // guarded
  Ending ending = Ending::no;                              // guarded
  std::thread thread;
};

HashBeside::HashBeside(base::ByteCount expected) : state_(std::make_unique<State>()) {
  if (expected < tuning::kHashBesideFrom) return;
  try {
    state_->thread = std::thread([state = state_.get()] { state->work(); });
  } catch (const std::system_error&) {
    // No thread to be had: the bytes are hashed where they are added.
  }
}

HashBeside::~HashBeside() { state_->end(State::Ending::at_once); }

void HashBeside::add(std::shared_ptr<const std::string> bytes) {
  State& self = *state_;
  if (!self.thread.joinable()) return self.hasher.add(*bytes);
  std::unique_lock lock(self.mutex);
  self.changed.wait(lock, [&self] { return self.waiting.size() < tuning::kHashBehindMax; });
  self.waiting.push_back(std::move(bytes));
  self.changed.notify_all();
}

base::Digest HashBeside::finish() {
  state_->end(State::Ending::when_empty);
  return state_->hasher.finish();
}

}  // namespace fieldsync::storage
