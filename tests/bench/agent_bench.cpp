#include <benchmark/benchmark.h>

#include "platform/base/json.h"
#include "tests/bench/agent_rig.h"
#include "tests/bench/figures.h"
#include "tests/bench/long_queue.h"

/// The agent as a process: what it takes from the machine when it has nothing to do, and when it
/// has more to do than ever.
namespace fieldsync::bench {
namespace {

constexpr double kIdleResidentMb = 20;
constexpr double kIdleWakeupsPerSecond = 1;
constexpr double kBusyResidentMb = 64;
/// An agent gives back its helpers for a command within seconds (net/tuning.h: kServerIdle).
constexpr double kSettleSeconds = 15;
constexpr double kIdleSeconds = 20;
constexpr double kBusySeconds = 90;
constexpr int kBusyLooks = 9;

/// Follows, waits for the end of all work, then looks at the sleeping agent.
void measure_idle(AgentRig& rig, const std::string& name) {
  rig.start_agent();
  rig.command("sync --wait");
  pause_seconds(kSettleSeconds);
  const Usage before = usage_of(rig.agent_pid());
  pause_seconds(kIdleSeconds);
  const Usage after = usage_of(rig.agent_pid());
  const auto wakeups = static_cast<double>(wakeups_between(before, after));
  char detail[160];
  std::snprintf(detail, sizeof detail, "%.1f MB of it not shared; %d threads; first sync %.1f MB",
                after.own_mb, after.threads, after.resident_peak_mb);
  figures().add(
      {name + ", resident memory", after.resident_mb, "MB", Aim::at_most, kIdleResidentMb, detail});
  std::snprintf(detail, sizeof detail, "%.0f in %.0f s; %.2f s of processor time", wakeups,
                kIdleSeconds, after.cpu_seconds - before.cpu_seconds);
  figures().add({name + ", wake-ups", wakeups / kIdleSeconds, "/s", Aim::at_most,
                 kIdleWakeupsPerSecond, detail});
}

void idle(benchmark::State& state) {
  for (auto _ : state) {
    AgentRig rig;
    measure_idle(rig, "idle");
  }
}
BENCHMARK(idle)->Iterations(1)->Unit(benchmark::kSecond);

/// 5,000 photos and 3,000 notes; the other tools of that project take hours to read whole.
void idle_large(benchmark::State& state) {
  for (auto _ : state) {
    AgentRig rig("large", "\"photos\", \"notes\"");
    measure_idle(rig, "idle after 8,000 records");
  }
}
BENCHMARK(idle_large)->Iterations(1)->Unit(benchmark::kSecond);

std::string progress_text(AgentRig& rig) {
  auto status = base::parse_json(rig.command("--json status"));
  FS_CHECK(status.ok() && status->as_document());
  const base::Value* queue = status->as_document()->find("queue");
  const base::Value* bytes = status->as_document()->find("progress");
  std::string text;
  if (queue && queue->as_document()) {
    text += std::to_string(queue->as_document()->integer("delivered")) + " delivered, " +
            std::to_string(queue->as_document()->integer("sent")) + " sent";
  }
  if (bytes && bytes->as_document()) {
    text +=
        ", " + std::to_string(bytes->as_document()->integer("bytes_done") / 1'000'000) + " MB up";
  }
  return text;
}

void full_queue(benchmark::State& state) {
  for (auto _ : state) {
    AgentRig rig;
    fill_queue(rig.state(), rig.project());
    rig.start_agent();
    std::string peaks;
    double third = 0;
    for (int i = 1; i <= kBusyLooks; ++i) {
      pause_seconds(kBusySeconds / kBusyLooks);
      const double peak = usage_of(rig.agent_pid()).resident_peak_mb;
      if (i <= kBusyLooks / 3) third = peak;
      peaks += (i == 1 ? "" : " ") + std::to_string(static_cast<int>(peak));
    }
    const Usage usage = usage_of(rig.agent_pid());
    const std::string progress = progress_text(rig);
    figures().add({"100,000 queued and 4 GB, peak", usage.resident_peak_mb, "MB", Aim::at_most,
                   kBusyResidentMb, std::to_string(usage.threads) + " threads; " + progress});
    figures().add({"the same, growth of the peak", usage.resident_peak_mb - third, "MB", Aim::none,
                   0, "after the first third; the peak in steps of 10 s: " + peaks});
  }
}
BENCHMARK(full_queue)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace fieldsync::bench
