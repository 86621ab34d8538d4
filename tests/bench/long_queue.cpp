#include "tests/bench/long_queue.h"

#include <unistd.h>

#include "platform/base/check.h"
#include "platform/host.h"
#include "storage/blob_store.h"
#include "storage/work_store.h"

namespace fieldsync::bench {
namespace {

/// Fewer than the agent looks at in one pass (agent/sync/tuning.h: kIntentsPerPass), so that the
/// large file gets its turn beside them; the rest was refused and waits an hour.
constexpr int kIntentsDue = 40;
constexpr int kIntents = 100'000;
constexpr int kIntentsPerCommit = 1'000;
constexpr base::ByteCount kLargeFile = base::ByteCount{4} << 30;

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

}  // namespace

void fill_queue(const std::string& state, const std::string& project) {
  auto opened = storage::WorkStore::open(state, {}, {});
  FS_CHECK(opened.ok());
  queue_notes(*opened->store, project);
  queue_large_photo(*opened->store, state, project);
}

}  // namespace fieldsync::bench
