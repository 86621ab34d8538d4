#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "platform/event_loop.h"
#include "platform/host.h"
#include "platform/workers.h"

namespace fieldsync::platform {
namespace {

using base::Instant;
using base::Millis;

/// Stands where a test puts it.
class StillClock final : public Clock {
 public:
  Instant now() const override { return at; }
  base::WallTime wall() const override { return {at.since_start}; }
  int utc_offset_minutes(base::WallTime) const override { return 0; }
  Instant at{};
};

Instant second(int number) { return {Millis{number * 1000}}; }

}  // namespace

TEST_CASE("timers fire by time, and of equal times in order of creation") {
  StillClock clock;
  ThreadLoop loop(clock);
  std::string order;
  loop.call_at(second(2), [&] { order += 'c'; });
  loop.call_at(second(1), [&] { order += 'a'; });
  loop.call_at(second(2), [&] { order += 'd'; });
  loop.call_at(second(1), [&] { order += 'b'; });
  loop.call_at(second(3), [&] { loop.stop(); });
  clock.at = second(5);
  loop.run();
  CHECK(order == "abcd");
}

TEST_CASE("a timer that is not due does not fire, nor does a cancelled one") {
  StillClock clock;
  ThreadLoop loop(clock);
  std::string order;
  const TimerId cancelled = loop.call_at(second(0), [&] { order += 'x'; });
  loop.call_at(second(3600), [&] { order += 'y'; });
  loop.cancel(cancelled);
  loop.cancel(cancelled);
  loop.cancel(TimerId{999});
  loop.post([&] { loop.stop(); });
  loop.run();
  CHECK(order.empty());
}

TEST_CASE("a timer can cancel another one that is due in the same pass") {
  StillClock clock;
  ThreadLoop loop(clock);
  std::string order;
  TimerId second_timer{};
  loop.call_at(second(0), [&] {
    order += 'a';
    loop.cancel(second_timer);
  });
  second_timer = loop.call_at(second(0), [&] { order += 'b'; });
  loop.post([&] { loop.stop(); });
  loop.run();
  CHECK(order == "a");
}

TEST_CASE("tasks run in order of posting, on the loop thread, from any thread") {
  const auto clock = make_system_clock();
  ThreadLoop loop(*clock);
  std::vector<int> order;
  std::thread poster([&] {
    for (int i = 0; i < 1'000; ++i) {
      loop.post([&, i] { order.push_back(i); });
    }
    loop.post([&] { loop.stop(); });
  });
  loop.run();
  poster.join();
  REQUIRE(order.size() == 1'000);
  for (int i = 0; i < 1'000; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("a timer that always rearms itself does not starve the tasks") {
  StillClock clock;
  ThreadLoop loop(clock);
  int fired = 0;
  std::function<void()> rearm = [&] {
    ++fired;
    loop.call_at(second(0), rearm);
  };
  rearm();
  loop.post([&] { loop.stop(); });
  loop.run();
  CHECK(fired <= 2);
}

TEST_CASE("a task that always posts itself does not starve the timers") {
  StillClock clock;
  ThreadLoop loop(clock);
  int ran = 0;
  std::function<void()> again = [&] {
    ++ran;
    clock.at = second(10);
    loop.post(again);
  };
  loop.post(again);
  loop.call_at(second(5), [&] { loop.stop(); });
  loop.run();
  CHECK(ran == 1);
}

TEST_CASE("run_until ends as soon as its condition holds") {
  StillClock clock;
  ThreadLoop loop(clock);
  int count = 0;
  for (int i = 0; i < 5; ++i) loop.post([&] { ++count; });
  loop.run_until([&] { return count == 3; });
  CHECK(count == 3);
  loop.run_until([&] { return count == 5; });
  CHECK(count == 5);
}

TEST_CASE("a stop before the run ends it at once, and only that run") {
  StillClock clock;
  ThreadLoop loop(clock);
  int count = 0;
  loop.post([&] { ++count; });
  loop.stop();
  loop.run();
  CHECK(count == 0);
  loop.run_until([&] { return count == 1; });
  CHECK(count == 1);
}

TEST_CASE("an idle loop sleeps: waking it once wakes it once") {
  const auto clock = make_system_clock();
  ThreadLoop loop(*clock);
  loop.call_at(clock->now() + std::chrono::hours{1}, [] {});
  std::atomic<bool> ran{false};
  std::thread runner([&] { loop.run(); });
  loop.post([&] { ran = true; });
  loop.stop();
  runner.join();
  CHECK(loop.wakeups() <= 2);
}

TEST_CASE("a real timer fires no sooner than asked") {
  const auto clock = make_system_clock();
  ThreadLoop loop(*clock);
  const Instant asked = clock->now() + Millis{3};
  Instant fired{};
  loop.call_at(asked, [&] {
    fired = clock->now();
    loop.stop();
  });
  loop.run();
  CHECK(fired >= asked);
  CHECK(loop.wakeups() <= 5);
}

TEST_CASE("a job runs elsewhere and its end comes back to the loop") {
  const auto clock = make_system_clock();
  ThreadLoop loop(*clock);
  std::thread::id job_thread;
  std::thread::id done_thread;
  std::string order;
  {
    ThreadWorkers workers(loop);
    workers.run([&] { job_thread = std::this_thread::get_id(); },
                [&] {
                  done_thread = std::this_thread::get_id();
                  order += 'a';
                });
    workers.run([] {}, [&] { order += 'b'; });
    loop.run_until([&] { return order.size() == 2; });
  }
  CHECK(order == "ab");
  CHECK(done_thread == std::this_thread::get_id());
  CHECK(job_thread != done_thread);
}

TEST_CASE("workers wait for the running job when they end") {
  const auto clock = make_system_clock();
  ThreadLoop loop(*clock);
  std::atomic<bool> started{false};
  std::atomic<bool> finish{false};
  std::atomic<int> ran{0};
  auto workers = std::make_unique<ThreadWorkers>(loop);
  workers->run(
      [&] {
        started = true;
        started.notify_one();
        finish.wait(false);
        ++ran;
      },
      [] {});
  workers->run([&] { ++ran; }, [] {});
  started.wait(false);
  std::thread finisher([&] {
    finish = true;
    finish.notify_one();
  });
  workers.reset();
  finisher.join();
  CHECK(ran >= 1);
}

}  // namespace fieldsync::platform
