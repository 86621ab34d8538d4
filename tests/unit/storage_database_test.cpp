#include "storage/database.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "storage/migrator.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/storage_folder.h"

using namespace fieldsync;
using namespace fieldsync::storage;
using base::Cause;
using tests::FaultVfs;
using tests::StorageFolder;

namespace {

std::unique_ptr<Database> open_ok(const Path& path, DatabaseOptions options = {}) {
  auto opened = Database::open(path, options);
  REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.failure().what));
  return std::move(opened).value();
}

Cause cause_when_opened(const Path& path, DatabaseOptions options = {}) {
  auto opened = Database::open(path, options);
  return opened.ok() ? Cause::none : opened.failure().cause;
}

Cause cause_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const SqlError& error) {
    return error.failure.cause;
  }
  return Cause::none;
}

}  // namespace

TEST_SUITE("storage/database") {
  TEST_CASE("every kind of value comes back as it was bound") {
    auto db = open_ok(":memory:");
    db->run("CREATE TABLE t(a, b, c, d, e, f)");
    const std::string with_zero("x\0y", 3);
    db->run("INSERT INTO t VALUES(?, ?, ?, ?, ?, ?)", 7, 2.5, "text", Bind::blob(with_zero),
            std::string_view(), std::optional<int>());
    int rows = 0;
    db->each("SELECT * FROM t", [&](const Row& row) {
      ++rows;
      CHECK(row.integer(0) == 7);
      CHECK(row.number(1) == 2.5);
      CHECK(row.text(2) == "text");
      CHECK(row.bytes(3) == with_zero);
      CHECK_FALSE(row.is_null(4));
      CHECK(row.text(4).empty());
      CHECK(row.is_null(5));
    });
    CHECK(rows == 1);
  }

  TEST_CASE("the file is in WAL with an exclusive lock and full sync") {
    StorageFolder folder;
    auto db = open_ok(folder.file("a.db"));
    CHECK(db->text("PRAGMA journal_mode") == "wal");
    CHECK(db->text("PRAGMA locking_mode") == "exclusive");
    CHECK(db->integer("PRAGMA synchronous") == 2);
    CHECK(db->integer("PRAGMA foreign_keys") == 1);
    CHECK_FALSE(std::filesystem::exists(folder.file("a.db-shm")));
  }

  TEST_CASE("a second opening of the same file is refused as already running") {
    StorageFolder folder;
    auto db = open_ok(folder.file("a.db"));
    CHECK(cause_when_opened(folder.file("a.db")) == Cause::already_running);
    db.reset();
    CHECK(cause_when_opened(folder.file("a.db")) == Cause::none);
  }

  TEST_CASE("without WAL a rollback journal serves, under the same lock") {
    StorageFolder folder;
    FaultVfs vfs;
    vfs.refuse_wal();
    {
      auto db = open_ok(folder.file("a.db"), {.vfs = vfs.name()});
      CHECK(db->text("PRAGMA journal_mode") == "delete");
      db->run("CREATE TABLE t(a)");
      db->run("INSERT INTO t VALUES(1)");
      CHECK(cause_when_opened(folder.file("a.db"), {.vfs = vfs.name()}) == Cause::already_running);
    }
    auto db = open_ok(folder.file("a.db"), {.vfs = vfs.name()});
    CHECK(db->integer("SELECT count(*) FROM t") == 1);
  }

  TEST_CASE("what cannot be opened says why") {
    StorageFolder folder;
    tests::write_file(folder.file("text.db"), std::string(5000, 'x'));
    CHECK(cause_when_opened(folder.file("text.db")) == Cause::work_damaged);
    CHECK(cause_when_opened(folder.file("missing/a.db")) == Cause::file_unreadable);
    CHECK(cause_when_opened(folder.path()) == Cause::file_unreadable);
    const auto opened = Database::open(folder.file("missing/a.db"), {});
    CHECK(opened.failure().what.find(folder.file("missing/a.db")) != std::string::npos);
    CHECK(opened.failure().what.find("SQLite 14") != std::string::npos);
  }

  TEST_CASE("a transaction is whole or nothing, nested ones included") {
    auto db = open_ok(":memory:");
    db->run("CREATE TABLE t(a PRIMARY KEY)");
    const auto insert = [&](int value) { db->run("INSERT INTO t VALUES(?)", value); };
    CHECK(cause_of([&] {
            db->transact([&] {
              insert(1);
              insert(1);
            });
          }) == Cause::bad_input);
    CHECK(db->integer("SELECT count(*) FROM t") == 0);

    SUBCASE("a nested failure that someone swallowed still fails the whole") {
      CHECK(cause_of([&] {
              db->transact([&] {
                insert(1);
                cause_of([&] { db->transact([&] { insert(1); }); });
              });
            }) == Cause::bad_input);
      CHECK(db->integer("SELECT count(*) FROM t") == 0);
    }
    SUBCASE("nested success joins the outer transaction") {
      db->transact([&] {
        insert(1);
        db->transact([&] { insert(2); });
      });
      CHECK(db->integer("SELECT count(*) FROM t") == 2);
    }
    SUBCASE("another exception than ours rolls back too") {
      CHECK_THROWS_AS(db->transact([&] {
        insert(1);
        throw std::bad_alloc();
      }),
                      std::bad_alloc);
      CHECK(db->integer("SELECT count(*) FROM t") == 0);
      db->transact([&] { insert(1); });
    }
  }

  TEST_CASE("the same SQL may be used while it runs, and the cache stays bounded") {
    auto db = open_ok(":memory:");
    db->run("CREATE TABLE t(a)");
    for (int i = 0; i < 3; ++i) db->run("INSERT INTO t VALUES(?)", i);
    int pairs = 0;
    db->each("SELECT a FROM t",
             [&](const Row&) { db->each("SELECT a FROM t", [&](const Row&) { ++pairs; }); });
    CHECK(pairs == 9);
    for (int i = 0; i < 1'000; ++i) {
      CHECK(db->integer("SELECT " + std::to_string(i)) == i);
    }
    db->run("DROP TABLE t");  // fails if a statement were still reading
  }

  TEST_CASE("a full database says disk_low and works on once there is room") {
    StorageFolder folder;
    auto db = open_ok(folder.file("a.db"));
    db->run("CREATE TABLE t(a)");
    const std::string large(3'000, 'x');
    db->integer("PRAGMA max_page_count=20");
    int stored = 0;
    Cause cause = Cause::none;
    while (cause == Cause::none && stored < 100) {
      cause = cause_of([&] { db->transact([&] { db->run("INSERT INTO t VALUES(?)", large); }); });
      if (cause == Cause::none) ++stored;
    }
    CHECK(cause == Cause::disk_low);
    CHECK(db->integer("SELECT count(*) FROM t") == stored);
    db->integer("PRAGMA max_page_count=1000");
    db->run("INSERT INTO t VALUES(?)", large);
    CHECK(db->integer("SELECT count(*) FROM t") == stored + 1);
    CHECK(db->integrity() == "ok");
  }

  TEST_CASE("whichever write fails, acknowledged rows stay and the connection works on") {
    for (const auto fault : {FaultVfs::Fault::full, FaultVfs::Fault::io_error}) {
      for (int nth = 1; nth <= 40; ++nth) {
        CAPTURE(nth);
        StorageFolder folder;
        FaultVfs vfs;
        auto db = open_ok(folder.file("a.db"), {.vfs = vfs.name()});
        db->run("CREATE TABLE t(a)");
        vfs.fail_from(nth, fault);
        int acknowledged = 0;
        Cause cause = Cause::none;
        while (cause == Cause::none && acknowledged < 40) {
          cause = cause_of([&] {
            db->transact([&] { db->run("INSERT INTO t VALUES(?)", std::string(9'000, 'x')); });
          });
          if (cause == Cause::none) ++acknowledged;
        }
        CHECK(cause == (fault == FaultVfs::Fault::full ? Cause::disk_low : Cause::disk_error));
        vfs.heal();
        db->run("INSERT INTO t VALUES('after')");
        CHECK(db->integer("SELECT count(*) FROM t").value_or(0) >= acknowledged + 1);
        CHECK(db->integrity() == "ok");
        db.reset();
        db = open_ok(folder.file("a.db"), {.vfs = vfs.name()});
        CHECK(db->integer("SELECT count(*) FROM t").value_or(0) >= acknowledged + 1);
        CHECK(db->integrity() == "ok");
      }
    }
  }

  TEST_CASE("a commit that failed does not come back after a kill") {
    for (int nth = 1; nth <= 4; ++nth) {
      CAPTURE(nth);
      StorageFolder folder;
      FaultVfs vfs;
      auto db = open_ok(folder.file("a.db"), {.vfs = vfs.name()});
      db->run("CREATE TABLE t(a)");
      vfs.fail_once(nth, FaultVfs::Fault::io_error);
      const Cause cause =
          cause_of([&] { db->transact([&] { db->run("INSERT INTO t VALUES(1)"); }); });
      // What a kill leaves is what the files hold now.
      for (const char* end : {"", "-wal"}) {
        std::filesystem::copy_file(folder.file("a.db") + end, folder.file("b.db") + end);
      }
      auto after = open_ok(folder.file("b.db"));
      CHECK(after->integer("SELECT count(*) FROM t") == (cause == Cause::none ? 1 : 0));
      CHECK(after->integrity() == "ok");
    }
  }

  TEST_CASE("one commit is one sync") {
    StorageFolder folder;
    FaultVfs vfs;
    auto db = open_ok(folder.file("a.db"), {.vfs = vfs.name()});
    db->run("CREATE TABLE t(a)");
    db->run("INSERT INTO t VALUES(0)");
    const auto before = vfs.syncs();
    for (int i = 0; i < 10; ++i) {
      db->transact([&] { db->run("INSERT INTO t VALUES(?)", i); });
    }
    CHECK(vfs.syncs() - before == 10);
  }
}

TEST_SUITE("storage/migrator") {
  const std::vector<Migration> kTwo = {{1, "first", "CREATE TABLE a(x)"},
                                       {2, "second", "CREATE TABLE b(x); INSERT INTO b VALUES(1)"}};

  TEST_CASE("migrations run once and in order") {
    StorageFolder folder;
    auto db = open_ok(folder.file("a.db"));
    const std::vector<Migration> one(kTwo.begin(), kTwo.begin() + 1);
    REQUIRE(migrate(*db, one).ok());
    CHECK(schema_version(*db) == 1);
    REQUIRE(migrate(*db, kTwo).ok());
    REQUIRE(migrate(*db, kTwo).ok());
    CHECK(schema_version(*db) == 2);
    CHECK(db->integer("SELECT count(*) FROM b") == 1);
  }

  TEST_CASE("a migration that fails leaves nothing of itself") {
    auto db = open_ok(":memory:");
    const std::vector<Migration> broken = {
        {1, "first", "CREATE TABLE a(x)"},
        {2, "second", "CREATE TABLE b(x); INSERT INTO nowhere VALUES(1)"}};
    CHECK_FALSE(migrate(*db, broken).ok());
    CHECK(schema_version(*db) == 1);
    CHECK_FALSE(db->integer("SELECT 1 FROM sqlite_schema WHERE name = 'b'"));
    CHECK(migrate(*db, kTwo).ok());
  }

  TEST_CASE("a newer file is refused, names its writer, and keeps every byte") {
    StorageFolder folder;
    const Path path = folder.file("a.db");
    {
      auto db = open_ok(path);
      REQUIRE(migrate(*db, kTwo).ok());
      db->run("UPDATE schema_info SET value = '9.8.7'");
      db->script("PRAGMA user_version=9");
    }
    const std::string before = tests::read_file(path);
    {
      auto db = open_ok(path);
      const auto refused = migrate(*db, kTwo);
      REQUIRE_FALSE(refused.ok());
      CHECK(refused.failure().cause == Cause::newer_version);
      CHECK(refused.failure().what.find("9.8.7") != std::string::npos);
    }
    CHECK(tests::read_file(path) == before);
  }

  TEST_CASE("a cut at any write of a migration leaves the old layout or the new one") {
    for (int nth = 1; nth <= 30; ++nth) {
      CAPTURE(nth);
      StorageFolder folder;
      FaultVfs vfs;
      const Path path = folder.file("a.db");
      auto db = open_ok(path, {.vfs = vfs.name()});
      vfs.fail_from(nth, FaultVfs::Fault::io_error);
      (void)migrate(*db, kTwo).ok();
      db.reset();
      vfs.heal();
      db = open_ok(path, {.vfs = vfs.name()});
      CHECK(db->integrity() == "ok");
      REQUIRE(migrate(*db, kTwo).ok());
      CHECK(db->integer("SELECT count(*) FROM b") == 1);
    }
  }
}
