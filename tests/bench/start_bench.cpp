#include <benchmark/benchmark.h>

#include "tests/bench/agent_rig.h"
#include "tests/bench/figures.h"
#include "tests/bench/long_queue.h"

/// How long the machine waits for the agent when it starts and when it is shut down.
namespace fieldsync::bench {
namespace {

constexpr double kReadyMs = 300;
constexpr double kStopMs = 2'000;
constexpr int kStarts = 7;
/// The photo of 4 GB is on its way by then, and is not whole before the last stop: it takes 45 s.
constexpr double kUnderWaySeconds = 3;

void add(const std::string& name, const Samples& times, double limit_ms) {
  figures().add(
      {name, times.at(0.5) / 1e6, "ms", Aim::at_most, limit_ms,
       "median of " + std::to_string(times.size()) + ", longest " + time_text(times.at(1))});
}

void start_and_stop(benchmark::State& state) {
  for (auto _ : state) {
    AgentRig rig;
    fill_queue(rig.state(), rig.project());
    Samples ready;
    Samples stopped;
    for (int i = 0; i < kStarts; ++i) {
      ready.add(rig.start_agent() * 1e9);
      pause_seconds(kUnderWaySeconds);
      stopped.add(rig.stop_agent() * 1e9);
    }
    add("100,000 queued, start to ready", ready, kReadyMs);
    add("100,000 queued, stop while a file of 4 GB is sent", stopped, kStopMs);
  }
}
BENCHMARK(start_and_stop)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace fieldsync::bench
