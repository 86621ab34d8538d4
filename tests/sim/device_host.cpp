#include "tests/sim/device_host.h"

namespace fieldsync::sim {

platform::Task DeviceLoop::alive(platform::Task task) {
  return [this, life = std::weak_ptr<int>(life_), task = std::move(task)]() mutable {
    if (life.expired()) return;
    if (schedule_.now() < asleep_until_) {
      schedule_.at(asleep_until_, alive(std::move(task)));
      return;
    }
    ++ran_;
    task();
  };
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
