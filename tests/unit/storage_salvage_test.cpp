#include "storage/salvage.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "storage/store_file.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/storage_folder.h"
#include "tests/support/work_builders.h"

using namespace fieldsync;
using namespace fieldsync::storage;
using namespace fieldsync::tests;
using base::Cause;

namespace {

constexpr std::size_t kPage = 4096;

/// A work.db with some of everything, closed properly. Returns its bytes.
std::string make_work_db(const std::string& folder, int intents) {
  {
    auto store = open_store_in(folder);
    std::vector<Intent> list;
    for (int i = 1; i <= intents; ++i) {
      Intent intent = make_intent("item-" + std::to_string(i));
      // Some contents need overflow pages and do not compress.
      std::string noise;
      for (int k = 0; k < (i % 10 == 0 ? 200 : 3); ++k) {
        noise += base::digest_of(std::to_string(i * 1'000 + k)).hex();
      }
      intent.fields.set("noise", noise);
      list.push_back(intent);
    }
    REQUIRE(store->add(list).ok());
    for (int i = 1; i <= intents / 4; ++i) {
      Intent intent = *store->intent(IntentId(i)).value();
      intent.result = ServiceId("s" + std::to_string(i));
      REQUIRE(store->record_sent(intent).ok());
      REQUIRE(store->record_delivered(intent, receipt_for(intent)).ok());
    }
    REQUIRE(store->save_upload(make_upload(intents)).ok());
    REQUIRE(store->save_setting("a", "1").ok());
    REQUIRE(store->save_follow({RemoteName("p"), ProjectId("1"), {"rfis"}}).ok());
  }
  return read_file(folder + "/work.db");
}

std::string with_garbage(std::string bytes, std::size_t offset, std::size_t size, unsigned seed) {
  for (std::size_t i = offset; i < std::min(offset + size, bytes.size()); ++i) {
    seed = seed * 1'664'525 + 1'013'904'223;
    bytes[i] = static_cast<char>(seed >> 24);
  }
  return bytes;
}

WorkStore::Opened open_damaged_store(const StorageFolder& folder, const std::string& bytes) {
  write_file(folder.file("work.db"), bytes);
  auto opened = WorkStore::open(folder.path(), {}, at(1'700'000'000'000));
  REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.failure().what));
  return std::move(opened).value();
}

std::set<std::int64_t> sound_intents(WorkStore& store) {
  std::set<std::int64_t> ids;
  const auto page = store.page(WorkStore::Which::all, IntentId(0), 1'000'000);
  REQUIRE(page.ok());
  for (const Intent& intent : page.value()) {
    if (intent.cause != Cause::work_damaged) ids.insert(intent.id.raw());
  }
  return ids;
}

/// Pages that belong to the table itself, found by damaging nothing: every intent read alone.
std::set<std::int64_t> readable_by_id(const std::string& path, int intents) {
  std::set<std::int64_t> ids;
  auto db = Database::open(path, {});
  if (!db.ok()) return ids;
  for (int id = 1; id <= intents; ++id) {
    try {
      if ((*db)->integer("SELECT length(payload) + length(item) + attempts FROM intent "
                         "NOT INDEXED WHERE id = ?",
                         id)) {
        ids.insert(id);
      }
    } catch (const SqlError&) {
    }
  }
  return ids;
}

}  // namespace

TEST_SUITE("storage/salvage") {
  TEST_CASE("a sound file is opened without salvage, also after a kill") {
    StorageFolder folder;
    const std::string bytes = make_work_db(folder.path(), 50);
    CHECK_FALSE(open_damaged_store(folder, bytes).salvage);
    {
      auto db = Database::open(folder.file("work.db"), {}).value();
      db->run("UPDATE schema_info SET value = 'yes' WHERE name = 'in_use'");
    }
    CHECK_FALSE(WorkStore::open(folder.path(), {}, at(0)).value().salvage);
  }

  TEST_CASE("every single page may be garbage: what is readable survives, losses are named") {
    StorageFolder made;
    constexpr int kIntents = 150;
    const std::string bytes = make_work_db(made.path(), kIntents);
    const std::size_t pages = bytes.size() / kPage;
    REQUIRE(pages > 30);
    for (std::size_t page = 0; page < pages; ++page) {
      CAPTURE(page);
      StorageFolder folder;
      const std::string damaged =
          with_garbage(bytes, page * kPage, kPage, static_cast<unsigned>(page) + 1);
      write_file(folder.file("probe.db"), damaged);
      const auto readable = readable_by_id(folder.file("probe.db"), kIntents);
      auto opened = open_damaged_store(folder, damaged);
      const auto kept = sound_intents(*opened.store);
      CHECK(opened.store->integrity().value() == "ok");
      REQUIRE(opened.salvage);
      CHECK(read_file(opened.salvage->damaged_copy) == damaged);
      if (kept.size() < kIntents) CHECK_FALSE(opened.salvage->lost.empty());
      // One page holds a few rows; an interior page or the root may hide all of them.
      for (const auto id : readable) {
        const auto row = opened.store->intent(IntentId(id)).value();
        REQUIRE(row);
      }
      CHECK(opened.store->add({make_intent("new")}).value()[0].id.raw() > kIntents / 2);
      opened.store.reset();
      auto again = WorkStore::open(folder.path(), {}, at(0));
      REQUIRE(again.ok());
      CHECK_FALSE(again->salvage);
    }
  }

  TEST_CASE("garbage at many offsets and lengths never crashes and never hides a loss") {
    StorageFolder made;
    constexpr int kIntents = 200;
    const std::string bytes = make_work_db(made.path(), kIntents);
    unsigned seed = 7;
    for (int round = 0; round < 80; ++round) {
      CAPTURE(round);
      seed = seed * 1'103'515'245 + 12'345;
      const std::size_t offset = (seed >> 4) % bytes.size();
      const std::size_t size = std::size_t{1} << ((seed >> 20) % 16);
      StorageFolder folder;
      auto opened = open_damaged_store(folder, with_garbage(bytes, offset, size, seed));
      const auto kept = sound_intents(*opened.store);
      if (kept.size() < kIntents) {
        const bool told = opened.salvage && !opened.salvage->lost.empty();
        // A payload that rots without the b-tree noticing is shown as held, row by row.
        const auto all = opened.store->page(WorkStore::Which::all, IntentId(0), 10'000).value();
        CHECK((told || all.size() == kIntents));
      }
      CHECK(opened.store->integrity().value() == "ok");
      CHECK(opened.store->add({make_intent("new")}).ok());
    }
  }

  TEST_CASE("a destroyed first page costs no rows") {
    StorageFolder folder;
    const std::string bytes = make_work_db(folder.path(), 120);
    auto opened = open_damaged_store(folder, with_garbage(bytes, 0, kPage, 3));
    REQUIRE(opened.salvage);
    CHECK(sound_intents(*opened.store).size() == 120);
    CHECK(opened.store->counts()->delivered == 30);
    const auto receipts = opened.store->verify_receipts();
    for (const auto& fault : receipts->faults) FAIL_CHECK(fault);
    for (const auto& line : opened.salvage->lost) FAIL_CHECK(line);
    CHECK(opened.store->receipts(std::nullopt, 0, 100)->size() == 30);
    CHECK(opened.store->setting("a").value() == "1");
    CHECK(opened.store->follows()->size() == 1);
    CHECK(opened.store->upload(IntentId(120), 0).value()->parts.size() == 3);
    CHECK(opened.store->bound_id(RecordId("item-1")).value() == ServiceId("s1"));
    CHECK(opened.store->is_claimed(KindId("rfi"), ProjectId("2002"), ServiceId("s1")).value());
  }

  TEST_CASE("a file of nothing but garbage ends in an empty store that says so") {
    StorageFolder folder;
    auto opened = open_damaged_store(folder, with_garbage(std::string(50'000, 'x'), 0, 50'000, 1));
    REQUIRE(opened.salvage);
    CHECK_FALSE(opened.salvage->lost.empty());
    CHECK(opened.store->counts()->open() == 0);
  }

  TEST_CASE("a file cut short keeps what its pages hold") {
    StorageFolder made;
    const std::string bytes = make_work_db(made.path(), 200);
    for (const double part : {0.9, 0.7, 0.5}) {
      CAPTURE(part);
      StorageFolder folder;
      const auto size = static_cast<std::size_t>(static_cast<double>(bytes.size()) * part);
      auto opened = open_damaged_store(folder, bytes.substr(0, size));
      REQUIRE(opened.salvage);
      CHECK_FALSE(opened.salvage->lost.empty());
      CHECK(sound_intents(*opened.store).size() > 10);
    }
  }

  TEST_CASE("rows still in the log survive, and the log is kept with the damaged file") {
    StorageFolder source, folder;
    make_work_db(source.path(), 100);
    auto store = open_store_in(source.path());
    for (int i = 1; i <= 5; ++i) REQUIRE(store->add({make_intent("n" + std::to_string(i))}).ok());
    // As after a kill: the database with its log, neither closed nor checkpointed.
    const std::string wal = read_file(source.file("work.db-wal"));
    const std::string bytes = read_file(source.file("work.db"));
    store.reset();
    REQUIRE(wal.size() > 5 * kPage);
    write_file(folder.file("work.db-wal"), wal);
    SUBCASE("the database sound") {
      auto opened = open_damaged_store(folder, bytes);
      CHECK_FALSE(opened.salvage);
      CHECK(sound_intents(*opened.store).size() == 105);
    }
    SUBCASE("every page damaged that the log does not hold") {
      auto opened = open_damaged_store(folder, with_garbage(bytes, 20 * kPage, bytes.size(), 5));
      REQUIRE(opened.salvage);
      CHECK(read_file(opened.salvage->damaged_copy + "-wal") == wal);
      const auto kept = sound_intents(*opened.store);
      for (int id = 101; id <= 105; ++id) CHECK(kept.count(id) == 1);
      CHECK(kept.size() < 105);
    }
  }

  TEST_CASE("a salvage cut at any write is finished or repeated, and loses nothing more") {
    StorageFolder made;
    constexpr int kIntents = 60;
    const std::string bytes = make_work_db(made.path(), kIntents);
    std::set<std::int64_t> expected;
    {
      StorageFolder folder;
      expected = sound_intents(
          *open_damaged_store(folder, with_garbage(bytes, 9 * kPage, kPage, 2)).store);
    }
    REQUIRE(expected.size() > kIntents / 2);
    int cut = 0;
    for (int nth = 1; nth < 1'000; nth += 5) {
      CAPTURE(nth);
      StorageFolder folder;
      FaultVfs vfs;
      write_file(folder.file("work.db"), with_garbage(bytes, 9 * kPage, kPage, 2));
      vfs.fail_from(nth, FaultVfs::Fault::io_error);
      const bool done = WorkStore::open(folder.path(), {.vfs = vfs.name()}, at(0)).ok();
      vfs.heal();
      auto opened = WorkStore::open(folder.path(), {.vfs = vfs.name()}, at(0));
      REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.failure().what));
      CHECK(sound_intents(*opened->store) == expected);
      CHECK_FALSE(std::filesystem::exists(folder.file("work.db.salvaging")));
      if (!done) {
        ++cut;
        CHECK(opened->salvage);
      }
      if (done) break;
    }
    CHECK(cut > 10);
  }

  TEST_CASE("lost receipts are named and their numbers are not used again") {
    StorageFolder folder;
    make_work_db(folder.path(), 80);
    {
      auto db = Database::open(folder.file("work.db"), {}).value();
      db->script("DROP TRIGGER receipt_kept");
      db->run("DELETE FROM receipt WHERE number > 15");
    }
    auto store = WorkStore::open(folder.path(), {}, at(0)).value().store;
    CHECK(store->verify_receipts()->faults ==
          std::vector<std::string>{"receipts 16 to 20 are missing"});
    Intent intent = *store->intent(IntentId(60)).value();
    intent.result = ServiceId("x");
    CHECK(store->record_delivered(intent, receipt_for(intent)).value().number == 21);
  }

  TEST_CASE("an older file is copied whole before it is migrated") {
    StorageFolder folder;
    const Path path = folder.file("work.db");
    const std::string before = make_work_db(folder.path(), 5);
    std::vector<Migration> next = work_migrations();
    next.push_back({next.back().number + 1, "next", "CREATE TABLE more(x)"});
    const StoreLayout layout{"work.db", work_layout().application_id, next,
                             StoreLayout::Check::with_indexes, StoreLayout::OldCopy::keep};
    auto db = open_store(path, {}, layout);
    REQUIRE(db.ok());
    CHECK(schema_version(**db) == next.back().number);
    const Path copy = path + ".layout-" + std::to_string(next.back().number - 1);
    REQUIRE(std::filesystem::exists(copy));
    db->reset();
    std::filesystem::remove(path);
    std::filesystem::rename(copy, path);
    CHECK(sound_intents(*open_store_in(folder.path())).size() == 5);
  }
}
