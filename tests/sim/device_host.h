#pragma once

#include <memory>
#include <vector>

#include "platform/host.h"
#include "tests/sim/schedule.h"

/// What one simulated machine has besides its disk and its link.
namespace fieldsync::sim {

class DeviceClock final : public platform::Clock {
 public:
  explicit DeviceClock(const Schedule& schedule) : schedule_(schedule) {}
  base::Instant now() const override { return schedule_.now(); }
  base::WallTime wall() const override { return kStart + ahead + schedule_.now().since_start; }
  int utc_offset_minutes(base::WallTime at) const override {
    return at < summer_time_ends ? utc_offset : utc_offset_later;
  }

  /// How far this machine's clock is ahead of true time.
  base::Millis ahead{0};
  int utc_offset = 0;
  /// When clocks are put forward or back, and the offset from then on.
  base::WallTime summer_time_ends{base::Millis::max()};
  int utc_offset_later = 0;
  static constexpr base::WallTime kStart{base::Millis{1'790'000'000'000}};  // 2026-09-21

 private:
  const Schedule& schedule_;
};

/// The loop of one process on one machine. What was posted or timed dies with the process; nothing
/// runs while the machine sleeps.
class DeviceLoop final : public platform::EventLoop {
 public:
  explicit DeviceLoop(Schedule& schedule) : schedule_(schedule) {}
  void post(platform::Task task) override { schedule_.post(alive(std::move(task))); }
  platform::TimerId call_at(base::Instant at, platform::Task task) override {
    return platform::TimerId{schedule_.at(at, alive(std::move(task)))};
  }
  void cancel(platform::TimerId timer) override {
    schedule_.cancel(static_cast<Schedule::EventId>(timer));
  }

  /// An answer from outside: like call_at, in a drawn place among events of the same time.
  void arrive_at(base::Instant at, platform::Task task) {
    schedule_.at_random_place(at, alive(std::move(task)));
  }
  void end_process();
  /// The machine sleeps: what becomes due waits, in order, until `at` or until someone wakes it.
  void sleep_until(base::Instant at);
  void wake();
  /// Tasks the process ran so far: what spinning is measured by.
  std::uint64_t ran() const { return ran_; }

 private:
  platform::Task alive(platform::Task task);

  Schedule& schedule_;
  std::shared_ptr<int> life_ = std::make_shared<int>();
  enum class State { awake, asleep } state_ = State::awake;
  std::vector<platform::Task> slept_through_;
  std::uint64_t ran_ = 0;
};

/// Jobs end a little later than they began, so that nothing leans on their being instant.
class DeviceWorkers final : public platform::Workers {
 public:
  DeviceWorkers(DeviceLoop& loop, const platform::Clock& clock, platform::Random random)
      : loop_(loop), clock_(clock), random_(random) {}
  void run(platform::Task job, platform::Task done) override;

 private:
  DeviceLoop& loop_;
  const platform::Clock& clock_;
  platform::Random random_;
};

}  // namespace fieldsync::sim
