#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "platform/base/json.h"
#include "platform/host.h"
#include "storage/blob_store.h"
#include "storage/work_store.h"
#include "tests/bench/agent_rig.h"
#include "tests/bench/figures.h"

/// The agent as a process: what it takes from the machine when it has nothing to do, and when it
/// has more to do than ever.
namespace fieldsync::bench {
namespace {

constexpr double kIdleResidentMb = 20;
constexpr double kIdleWakeupsPerSecond = 1;
constexpr double kBusyResidentMb = 64;
constexpr int kIntents = 100'000;
constexpr int kIntentsPerCommit = 1'000;
constexpr base::ByteCount kLargeFile = base::ByteCount{4} << 30;
/// An agent gives back its helpers for a command within seconds (net/tuning.h: kServerIdle).
constexpr double kSettleSeconds = 15;
constexpr double kIdleSeconds = 20;
constexpr double kBusySeconds = 60;

void idle(benchmark::State& state) {
  for (auto _ : state) {
    AgentRig rig;
    rig.start_agent();
    rig.command("sync --wait");
    pause_seconds(kSettleSeconds);
    const Usage before = usage_of(rig.agent_pid());
    pause_seconds(kIdleSeconds);
    const Usage after = usage_of(rig.agent_pid());
    const auto wakeups = static_cast<double>(wakeups_between(before, after));
    char detail[160];
    std::snprintf(detail, sizeof detail, "%d threads; peak of the first sync %.1f MB",
                  after.threads, after.resident_peak_mb);
    figures().add(
        {"idle, resident memory", after.resident_mb, "MB", Aim::at_most, kIdleResidentMb, detail});
    std::snprintf(detail, sizeof detail, "%.0f in %.0f s; %.2f s of processor time", wakeups,
                  kIdleSeconds, after.cpu_seconds - before.cpu_seconds);
    figures().add({"idle, wake-ups", wakeups / kIdleSeconds, "/s", Aim::at_most,
                   kIdleWakeupsPerSecond, detail});
  }
}
BENCHMARK(idle)->Iterations(1)->Unit(benchmark::kSecond);

storage::Intent note(const std::string& project, int number) {
  const std::string text = std::to_string(number);
  storage::Intent intent;
  intent.item = base::RecordId("note-nbench" + text);
  intent.remote = base::RemoteName("procore");
  intent.project = base::ProjectId(project);
  intent.kind = base::KindId("note");
  intent.fields = {
      {"comment", "Slab " + text + " checked: level, clean, ready for the next trade."},
      {"date", "2026-09-21"}};
  intent.author = "Ann Foreman";
  intent.token = "bench-token-" + text;
  intent.captured_at = base::WallTime{base::Millis(1'790'000'000'000 + number)};
  return intent;
}

void queue_notes(storage::WorkStore& work, const std::string& project) {
  for (int first = 0; first < kIntents; first += kIntentsPerCommit) {
    std::vector<storage::Intent> batch;
    for (int i = 0; i < kIntentsPerCommit; ++i) batch.push_back(note(project, first + i));
    FS_CHECK(work.add(std::move(batch)).ok());
  }
}

/// A file of zeros without blocks: as many bytes to hash and send as any other.
void queue_large_photo(storage::WorkStore& work, const std::string& state,
                       const std::string& project) {
  const auto files = platform::make_system_files();
  storage::BlobStore originals(*files, state + "/originals", storage::BlobStore::Sync::durable);
  FS_CHECK(originals.sweep_incoming().ok());
  const base::Path path = originals.incoming_path();
  FS_CHECK(files->create(path, platform::FileSystem::Access::owner_only).ok());
  FS_CHECK(::truncate(path.c_str(), kLargeFile) == 0);
  const auto added = originals.adopt(path, kLargeFile);
  FS_CHECK(added.ok());
  storage::Intent photo = note(project, kIntents);
  photo.kind = base::KindId("photo");
  photo.item = base::RecordId("photo-nbench");
  photo.fields = {{"filename", "walk-round.jpg"}};
  photo.attachments = {{added->digest, added->size, "walk-round.jpg", "image/jpeg"}};
  FS_CHECK(work.add({photo}).ok());
}

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
    {
      auto opened = storage::WorkStore::open(rig.state(), {}, {});
      FS_CHECK(opened.ok());
      queue_notes(*opened->store, rig.project());
      queue_large_photo(*opened->store, rig.state(), rig.project());
    }
    rig.start_agent();
    double third = 0;
    double lowest = 1e9;
    const double began = now_ns();
    for (double passed = 0; passed < kBusySeconds; passed = (now_ns() - began) / 1e9) {
      pause_seconds(0.5);
      const Usage usage = usage_of(rig.agent_pid());
      if (passed < kBusySeconds / 3) third = usage.resident_peak_mb;
      lowest = std::min(lowest, usage.resident_mb);
    }
    const Usage usage = usage_of(rig.agent_pid());
    char detail[240];
    std::snprintf(detail, sizeof detail, "%.1f MB after a third, %d threads, %s", third,
                  usage.threads, progress_text(rig).c_str());
    figures().add({"100,000 queued and 4 GB, peak", usage.resident_peak_mb, "MB", Aim::at_most,
                   kBusyResidentMb, detail});
    figures().add({"the same, growth of the peak", usage.resident_peak_mb - third, "MB", Aim::none,
                   0, "from a third of the minute to its end"});
  }
}
BENCHMARK(full_queue)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace fieldsync::bench
