#include <benchmark/benchmark.h>

#include "agent/sync/local/intake.h"
#include "platform/event_loop.h"
#include "platform/host.h"
#include "platform/workers.h"
#include "tests/bench/bare_disk.h"
#include "tests/bench/figures.h"
#include "tests/bench/work_folder.h"

/// What a person waits for after a capture, beside what the same disk takes for the same bytes.
namespace fieldsync::bench {
namespace {

/// Two thousand pairs: p99 rests on twenty samples.
constexpr int kNotes = 2'000;
constexpr int kPhotos = 60;
constexpr std::size_t kPhotoBytes = 5'000'000;

/// Stores and intake as the agent composes them.
struct Desk {
  explicit Desk(const std::string& folder)
      : originals(*files, folder + "/originals", storage::BlobStore::Sync::durable) {
    const base::WallTime now = clock->wall();
    FS_CHECK(files->make_folder(folder).ok());
    FS_CHECK(originals.sweep_incoming().ok());
    auto work_opened = storage::WorkStore::open(folder, {}, now);
    FS_CHECK(work_opened.ok());
    work = std::move(work_opened->store);
    storage::DatabaseOptions options;
    options.durability = storage::Durability::normal;
    auto mirror_opened = storage::MirrorStore::open(folder, options, now);
    FS_CHECK(mirror_opened.ok());
    mirror = std::move(mirror_opened->store);
    view = std::make_unique<sync::View>(*work, *mirror);
    intake = std::make_unique<sync::Intake>(host, *work, originals, *view);
  }

  std::unique_ptr<platform::Clock> clock = platform::make_system_clock();
  std::unique_ptr<platform::FileSystem> files = platform::make_system_files();
  platform::ThreadLoop loop{*clock};
  platform::ThreadWorkers workers{loop};
  platform::Random random{20'260'921};
  platform::Host host{*clock, loop, *files, workers, random};
  storage::BlobStore originals;
  std::unique_ptr<storage::WorkStore> work;
  std::unique_ptr<storage::MirrorStore> mirror;
  std::unique_ptr<sync::View> view;
  std::unique_ptr<sync::Intake> intake;
};

sync::Intake::Capture capture_of(const std::string& kind) {
  sync::Intake::Capture capture;
  capture.kind = base::KindId(kind);
  capture.remote = base::RemoteName("procore");
  capture.project = base::ProjectId("2002");
  capture.author = "Ann Foreman";
  return capture;
}

std::string pair_text(const Samples& ours, const Samples& limit, double share) {
  return "ours " + time_text(ours.at(share)) + ", bare " + time_text(limit.at(share));
}

template <class Body>
double timed(benchmark::State& state, Samples& samples, Body&& body) {
  const double began = now_ns();
  body();
  const double took = now_ns() - began;
  samples.add(took);
  state.SetIterationTime(took / 1e9);
  return took;
}

void note_capture(benchmark::State& state) {
  const WorkFolder folder;
  Desk desk(folder / "state");
  BareTable bare(folder / "bare.db");
  const std::string text =
      "Poured the east footing, grid C4 to C7. Two loads of C30/37 came an hour late; the slump "
      "was "
      "140 mm on both. Rebar inspected and released by the structural engineer at 7:40 before the "
      "pour. Formwork at C7 had moved 12 mm and was braced again.";
  sync::Intake::Capture capture = capture_of("note");
  Samples ours;
  Samples limit;
  for (auto _ : state) {
    const double took = timed(state, ours, [&] {
      capture.fields.set("comment", text + " " + std::to_string(ours.size()));
      FS_CHECK(desk.intake->create(capture).ok());
    });
    timed(state, limit, [&] { bare.commit_row(text); });
    state.SetIterationTime(took / 1e9);
  }
  figures().add_ratio("note capture, p50", ratio_at(ours, limit, 0.5), 1.3,
                      pair_text(ours, limit, 0.5));
  figures().add_ratio("note capture, p99", ratio_at(ours, limit, 0.99), 1.5,
                      pair_text(ours, limit, 0.99));
}
BENCHMARK(note_capture)->Iterations(kNotes)->UseManualTime()->Unit(benchmark::kMicrosecond);

/// Bytes no disk compresses, different in each photo.
std::string photo_bytes(platform::Random& random) {
  std::string bytes(kPhotoBytes, '\0');
  for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    const std::uint64_t word = random.next();
    bytes.replace(i, 8, reinterpret_cast<const char*>(&word), 8);
  }
  return bytes;
}

/// A store in use: its 256 folders are there.
void make_folders(const std::string& originals) {
  const auto files = platform::make_system_files();
  for (int prefix = 0; prefix < 256; ++prefix) {
    char name[8];
    std::snprintf(name, sizeof name, "/%02x", static_cast<unsigned>(prefix));
    FS_CHECK(files->make_folder(originals + name).ok());
  }
}

void photo_capture(benchmark::State& state) {
  const WorkFolder folder;
  make_folders(folder / "state/originals");
  Desk desk(folder / "state");
  platform::Random random(7);
  std::string bytes = photo_bytes(random);
  Samples ours;
  Samples limit;
  const std::string source = folder / "source.jpg";
  for (auto _ : state) {
    const std::string number = std::to_string(ours.size());
    bytes.replace(0, 8, (number + "        ").substr(0, 8));
    FS_CHECK(desk.files->remove(source).ok());
    // Synced before the clock starts: its own bytes must not wait in the disk's queue.
    write_and_sync(source, bytes);
    const double took = timed(state, ours, [&] {
      const auto added = desk.originals.add_file(source);
      FS_CHECK(added.ok());
      sync::Intake::Capture capture = capture_of("photo");
      capture.files = {{added->digest, added->size, "IMG_" + number + ".jpg", "image/jpeg"}};
      FS_CHECK(desk.intake->create(capture).ok());
    });
    timed(state, limit, [&] { write_and_sync(folder / ("bare" + number), bytes); });
    state.SetIterationTime(took / 1e9);
  }
  const bool shares = desk.files->clone(source, folder / "shared").ok();
  figures().add_ratio("5 MB photo capture, p50", ratio_at(ours, limit, 0.5), 1.3,
                      pair_text(ours, limit, 0.5) + (shares ? "; blocks shared with the source"
                                                            : "; this disk shares no blocks"));
}
BENCHMARK(photo_capture)->Iterations(kPhotos)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace fieldsync::bench
