#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/bounded_files.h"
#include "tests/support/site_machine.h"

// Downloads and captures on a disk that is too small for both.

using namespace fieldsync;
using namespace fieldsync::tests;
using base::Document;
using base::List;
using base::Value;

namespace {

constexpr base::ByteCount kReserve = 1'000'000;  // of every SiteMachine

struct DiskWorld {
  SharedWorld world;
  BoundedFiles* disk = bound(world);
  SiteMachine machine{world, {.start = SiteMachine::Start::later}};

  DiskWorld() { disk->root = machine.config.state_folder; }

  static BoundedFiles* bound(SharedWorld& world) {
    auto bounded = std::make_unique<BoundedFiles>(std::move(world.files));
    BoundedFiles* disk = bounded.get();
    world.files = std::move(bounded);
    return disk;
  }
  void start() {
    machine.kill();
    machine.restart();
  }
  /// Bytes and number of the downloads that are here.
  struct Here {
    int files = 0;
    base::ByteCount bytes = 0;
  };
  Here here() const {
    Here found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(disk->root / "files")) {
      if (!entry.is_regular_file()) continue;
      ++found.files;
      found.bytes += static_cast<base::ByteCount>(entry.file_size());
    }
    return found;
  }
  bool is_here(const std::string& item) {
    const Document opened = machine.call("open", {{"item", item}});
    return opened.find("files")->as_list()->front().as_document()->text("state") == "here";
  }
  std::vector<std::string> drawings() {
    std::vector<std::string> items;
    const Document listed = machine.call("list", {{"kind", "drawing"}});
    for (const Value& row : *listed.find("records")->as_list()) {
      items.push_back(row.as_document()->text("id"));
    }
    return items;
  }
  void rest() { world.run_for(std::chrono::minutes(20)); }
};

}  // namespace

TEST_CASE("downloads stop where the reserve for captures begins, and go on when there is space") {
  DiskWorld w;
  w.disk->capacity = kReserve + 100'000;
  w.start();
  w.rest();
  const auto some = w.here();
  CHECK(some.files > 0);
  CHECK(some.bytes <= 100'000);
  w.disk->capacity = 100 * kReserve;
  w.rest();
  CHECK(w.here().files == static_cast<int>(w.drawings().size()));
}

TEST_CASE("what was downloaded goes before a photo is refused, and comes back when there is room") {
  DiskWorld w;
  w.start();
  w.rest();
  const auto all = w.here();
  REQUIRE(all.bytes > 300'000);
  // Room for the reserve alone: a photo of a fifth of it needs some of what was downloaded.
  w.disk->capacity = all.bytes + kReserve;
  const std::string photo(200'000, 'p');
  w.machine.call("make_room", {{"bytes", std::int64_t{200'000}}});
  const auto left = w.here();
  CHECK(left.bytes <= all.bytes - 200'000);
  CHECK(left.files > 0);
  w.machine.call("add", {{"kind", "photo"}, {"files", List{w.machine.stage("p.jpg", photo)}}});
  w.rest();
  CHECK(w.here().bytes <= all.bytes - 200'000);
  CHECK(w.world.at_service("photo", "filename", "p.jpg") == 1);
  w.disk->capacity = 100 * kReserve;
  w.rest();
  CHECK(w.here().files == all.files);
}

TEST_CASE("what a person pinned goes last") {
  DiskWorld w;
  w.start();
  w.rest();
  const auto items = w.drawings();
  const auto all = w.here();
  const std::string pinned = items.front();
  w.machine.call("pin", {{"item", pinned}});
  const auto make_room = [&](base::ByteCount bytes) {
    w.disk->capacity = w.disk->used() + kReserve;
    w.machine.call("make_room", {{"bytes", std::int64_t{bytes}}});
  };
  make_room(all.bytes - 45'000);  // no sheet is longer than 45 kB
  CHECK(w.here().files >= 1);
  CHECK(w.is_here(pinned));
  make_room(all.bytes);
  CHECK(w.here().files == 0);
}

TEST_CASE("the downloads' own limit is kept, and current sheets take the place of others") {
  DiskWorld w;
  w.machine.config.downloads_max = 150'000;
  w.start();
  w.rest();
  const auto some = w.here();
  CHECK(some.bytes > 100'000);
  CHECK(some.bytes <= 150'000);
  // A person who opens a sheet that did not fit gets it: another one goes.
  std::string missing;
  for (const std::string& item : w.drawings()) {
    const Document opened = w.machine.call("open", {{"item", item}});
    const Document file = *opened.find("files")->as_list()->front().as_document();
    if (file.text("state") == "awaited") {
      missing = item;
      break;
    }
  }
  REQUIRE(!missing.empty());
  w.world.run_for(std::chrono::minutes(1));
  CHECK(w.is_here(missing));
  CHECK(w.here().bytes <= 150'000);
}

TEST_CASE("bytes that no record refers to any more are removed at rest") {
  DiskWorld w;
  w.start();
  w.rest();
  storage::BlobStore store(*w.world.files, w.machine.config.state_folder + "/files",
                           storage::BlobStore::Sync::lazy);
  auto draft = store.begin();
  REQUIRE(draft.ok());
  REQUIRE(draft->write("left over").ok());
  const auto digest = draft->install();
  REQUIRE(digest.ok());
  const auto path = w.disk->root / "files" / digest->hex().substr(0, 2) / digest->hex().substr(2);
  REQUIRE(std::filesystem::exists(path));
  const auto long_ago = std::chrono::sys_time<std::chrono::milliseconds>{};
  std::filesystem::last_write_time(path, std::chrono::file_clock::from_sys(long_ago));
  const int files = w.here().files;
  w.world.run_for(std::chrono::hours(48));
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(w.here().files == files - 1);
}

TEST_CASE("a file whose bytes are gone against what the mirror says is fetched again when opened") {
  DiskWorld w;
  w.start();
  w.rest();
  const std::string item = w.drawings().front();
  const Document opened = w.machine.call("open", {{"item", item}});
  const Document file = *opened.find("files")->as_list()->front().as_document();
  std::filesystem::remove(file.text("path"));
  CHECK_FALSE(w.is_here(item));
  w.world.run_for(std::chrono::minutes(1));
  CHECK(w.is_here(item));
  CHECK(std::filesystem::exists(file.text("path")));
}
