#include <doctest/doctest.h>

#include <functional>

#include "storage/mirror_store.h"
#include "storage/store_file.h"
#include "storage/work_store.h"
#include "tests/sim/device_host.h"
#include "tests/sim/sim_disk.h"

/// Each layout a database ever had, brought to the newest while the disk fails at every call of it.
namespace fieldsync::sim {
namespace {

using storage::Database;
using storage::StoreLayout;

constexpr const char* kFolder = "/state";

/// How the program that wrote the old layout ended.
enum class Ended { closed, killed };

struct Old {
  const StoreLayout& layout;
  int version;  ///< 0: no file yet
  Ended ended;

  base::Path path() const { return platform::join(kFolder, layout.file); }
  std::string text() const {
    return std::string(layout.file) + " of layout " + std::to_string(version) +
           (ended == Ended::closed ? ", closed" : ", killed");
  }
};

std::vector<Old> all_old() {
  std::vector<Old> all;
  for (const StoreLayout* layout : {&storage::work_layout(), &storage::mirror_layout()}) {
    all.push_back({*layout, 0, Ended::closed});
    for (const storage::Migration& migration : layout->migrations) {
      for (const Ended ended : {Ended::closed, Ended::killed}) {
        all.push_back({*layout, migration.number, ended});
      }
    }
  }
  return all;
}

/// One machine's disk, with nothing else on it than the database.
struct Machine {
  explicit Machine(std::uint64_t seed) : random(seed) { FS_CHECK(disk.make_folder(kFolder).ok()); }
  storage::DatabaseOptions options() const {
    storage::DatabaseOptions options;
    options.vfs = disk.vfs_name();
    return options;
  }
  std::unique_ptr<Database> raw(const base::Path& path) {
    auto opened = Database::open(path, options());
    REQUIRE_MESSAGE(opened.ok(), opened.failure().what);
    return std::move(*opened);
  }

  platform::Random random;
  Schedule schedule{random.fork()};
  DeviceClock clock{schedule};
  SimDisk disk{clock, random.fork()};
};

struct Table {
  std::string name;
  std::vector<std::pair<std::string, std::string>> columns;  ///< name and type
};

/// What people's work is in; what the stores keep for themselves is left out.
std::vector<Table> tables_of(Database& db) {
  std::vector<Table> tables;
  db.each(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
      "AND name NOT IN ('schema_info', 'tally') ORDER BY name",
      [&](const storage::Row& row) {
        tables.push_back({row.text(0), {}});
      });
  for (Table& table : tables) {
    db.each("SELECT name, type FROM pragma_table_xinfo('" + table.name + "') WHERE hidden = 0",
            [&](const storage::Row& row) { table.columns.emplace_back(row.text(0), row.text(1)); });
  }
  return tables;
}

/// What a later layout says by other columns: `want` has what `rank` told.
std::vector<Table> without_dropped(std::vector<Table> tables) {
  for (Table& table : tables) {
    if (table.name != "file") continue;
    std::erase_if(table.columns, [](const auto& column) { return column.first == "rank"; });
  }
  return tables;
}

std::string columns_of(const Table& table) {
  std::string text;
  for (const auto& [name, type] : table.columns) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string value_of(const std::string& type, int row) {
  if (type == "INTEGER") return std::to_string(row);
  const std::string number = std::to_string(row);
  // Rows of several sizes, some longer than a page.
  if (type == "BLOB") return "zeroblob(" + std::to_string(row * 1'700) + ")";
  return "'text " + number + "'";
}

/// Rows in every table; what a table's own rules refuse is left out.
void fill(Database& db) {
  constexpr int kRows = 3;
  db.transact([&] {
    for (const Table& table : tables_of(db)) {
      for (int row = 1; row <= kRows; ++row) {
        std::string values;
        for (const auto& [name, type] : table.columns) {
          values += (values.empty() ? "" : ", ") + value_of(type, row);
        }
        db.run("INSERT OR IGNORE INTO " + table.name + "(" + columns_of(table) + ") VALUES(" +
               values + ")");
      }
    }
  });
}

std::string rows_of(Database& db, const std::vector<Table>& tables) {
  std::string text;
  for (const Table& table : tables) {
    text += table.name + "\n";
    db.each("SELECT " + columns_of(table) + " FROM " + table.name + " ORDER BY 1, 2",
            [&](const storage::Row& row) {
              for (int i = 0; i < static_cast<int>(table.columns.size()); ++i) {
                text += row.text(i) + "|";
              }
              text += "\n";
            });
  }
  return text;
}

struct Written {
  std::vector<Table> tables;
  std::string rows;
};

/// The file as a program of that time left it, durable.
Written write_old(Machine& machine, const Old& old) {
  Written written;
  if (old.version == 0) return written;
  auto db = machine.raw(old.path());
  const auto& known = old.layout.migrations;
  std::vector<storage::Migration> then(known.begin(), known.begin() + old.version);
  REQUIRE(storage::migrate(*db, then).ok());
  fill(*db);
  written.tables = without_dropped(tables_of(*db));
  written.rows = rows_of(*db, written.tables);
  REQUIRE(machine.disk.sync_folder(kFolder).ok());
  if (old.ended == Ended::killed) machine.disk.power_off();
  db.reset();
  machine.disk.process_begins();
  return written;
}

/// Opens as the agent does. The failure's text; "" when it opened.
std::string open_as_agent(Machine& machine, const Old& old) {
  const base::WallTime now = machine.clock.wall();
  if (&old.layout == &storage::work_layout()) {
    auto opened = storage::WorkStore::open(kFolder, machine.options(), now);
    if (!opened) return opened.failure().what;
    CHECK_FALSE(opened->salvage);
  } else {
    auto opened = storage::MirrorStore::open(kFolder, machine.options(), now);
    if (!opened) return opened.failure().what;
    CHECK_FALSE(opened->set_aside);
  }
  return "";
}

void check_whole(Machine& machine, const Old& old, const Written& written) {
  CHECK(open_as_agent(machine, old) == "");
  {
    auto db = machine.raw(old.path());
    CHECK(db->integrity() == "ok");
    CHECK(storage::schema_version(*db) == old.layout.migrations.back().number);
    CHECK(rows_of(*db, written.tables) == written.rows);
  }
  const bool migrated = old.version > 0 && old.version < old.layout.migrations.back().number;
  if (!migrated || old.layout.old_copy == StoreLayout::OldCopy::none) return;
  const base::Path copy = old.path() + ".layout-" + std::to_string(old.version);
  REQUIRE(machine.disk.find(copy));
  auto db = machine.raw(copy);
  CHECK(db->integrity() == "ok");
  CHECK(storage::schema_version(*db) == old.version);
  CHECK(rows_of(*db, written.tables) == written.rows);
}

/// Which calls are counted: a power cut before a read leaves what one before the next change
/// leaves.
enum class Counted { changes, all };

struct Sweep {
  Counted counted;
  std::function<DiskFault(SimDisk&)> fault;
  std::function<void(SimDisk&)> mend = [](SimDisk&) {};
  std::uint64_t seeds = 1;
};

/// Whether the opening made as many calls that the fault was met.
bool open_with_fault(Machine& machine, const Old& old, const Sweep& sweep, std::uint64_t at) {
  std::uint64_t calls = 0;
  machine.disk.fault = [&](DiskCall call) {
    if (call == DiskCall::read && sweep.counted == Counted::changes) return DiskFault::none;
    return calls++ == at ? sweep.fault(machine.disk) : DiskFault::none;
  };
  (void)open_as_agent(machine, old);
  machine.disk.fault = nullptr;
  return calls > at;
}

/// Whether any seed met the fault.
bool check_one(const Sweep& sweep, const Old& old, std::uint64_t at) {
  bool met = false;
  for (std::uint64_t seed = 1; seed <= sweep.seeds; ++seed) {
    CAPTURE(seed);
    Machine machine(seed);
    const Written written = write_old(machine, old);
    met = open_with_fault(machine, old, sweep, at) || met;
    sweep.mend(machine.disk);
    check_whole(machine, old, written);
  }
  return met;
}

void run(const Sweep& sweep) {
  for (const Old& old : all_old()) {
    CAPTURE(old.text());
    std::uint64_t at = 0;
    for (bool met = true; met; ++at) {
      CAPTURE(at);
      met = check_one(sweep, old, at);
    }
    CHECK(at > 1);
  }
}

DiskFault go_off(SimDisk& disk) {
  disk.power_off();
  return DiskFault::io_error;
}

TEST_CASE("A database of any layout survives a power cut at every call of its opening") {
  run({Counted::changes, go_off, [](SimDisk& disk) { disk.power_on(); }, 4});
}

TEST_CASE("A database of any layout survives a kill at every call of its opening") {
  run({Counted::changes, go_off, [](SimDisk& disk) { disk.process_begins(); }});
}

TEST_CASE("A database of any layout survives the failure of every call of its opening") {
  run({Counted::all, [](SimDisk&) { return DiskFault::io_error; }});
  run({Counted::changes, [](SimDisk&) { return DiskFault::full; }});
}

}  // namespace
}  // namespace fieldsync::sim
