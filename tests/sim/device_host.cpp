#include "tests/sim/device_host.h"

namespace fieldsync::sim {

platform::Task DeviceLoop::alive(platform::Task task) {
  return [this, life = std::weak_ptr<int>(life_), task = std::move(task)]() mutable {
    if (life.expired()) return;
    if (state_ == State::asleep) {
      slept_through_.push_back(alive(std::move(task)));
      return;
    }
    ++ran_;
    task();
  };
}

void DeviceLoop::end_process() {
  life_ = std::make_shared<int>();
  wake();
}

void DeviceLoop::sleep_until(base::Instant at) {
  state_ = State::asleep;
  schedule_.at(at, [this] { wake(); });
}

void DeviceLoop::wake() {
  state_ = State::awake;
  for (platform::Task& task : slept_through_) schedule_.post(std::move(task));
  slept_through_.clear();
}

void DeviceWorkers::run(platform::Task job, platform::Task done) {
  const base::Millis begins{random_.below(5)};
  loop_.arrive_at(
      clock_.now() + begins, [this, job = std::move(job), done = std::move(done)]() mutable {
        job();
        loop_.arrive_at(clock_.now() + base::Millis{random_.below(20)}, std::move(done));
      });
}

}  // namespace fieldsync::sim
