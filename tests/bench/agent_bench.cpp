#include <benchmark/benchmark.h>
#include <unistd.h>

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

/// Fewer than the agent looks at in one pass (agent/sync/tuning.h: kIntentsPerPass), so that the
/// large file gets its turn beside them; the rest was refused and waits an hour.
constexpr int kIntentsDue = 40;

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
  const base::WallTime later = platform::make_system_clock()->wall() + base::Millis(3'600'000);
  for (int first = 0; first < kIntents; first += kIntentsPerCommit) {
    std::vector<storage::Intent> batch;
    for (int i = first; i < first + kIntentsPerCommit; ++i) {
      batch.push_back(note(project, i));
      if (i >= kIntentsDue) batch.back().next_attempt = later;
    }
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
