#include "storage/migrator.h"

namespace fieldsync::storage {
namespace {

constexpr const char* kInfoTable =
    "CREATE TABLE IF NOT EXISTS schema_info("
    "name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT";

void step(Database& db, const Migration& migration) {
  db.transact([&] {
    db.script(kInfoTable);
    db.script(std::string(migration.sql));
    db.run(
        "INSERT INTO schema_info VALUES('written_by', ?) "
        "ON CONFLICT(name) DO UPDATE SET value = excluded.value",
        FIELDSYNC_VERSION);
    db.script("PRAGMA user_version=" + std::to_string(migration.number));
  });
}

std::string writer_of(Database& db) {
  const bool has_table =
      db.integer("SELECT 1 FROM sqlite_schema WHERE name = 'schema_info'").has_value();
  if (!has_table) return {};
  return db.text("SELECT value FROM schema_info WHERE name = 'written_by'").value_or("");
}

Failure newer(Database& db, int found, int known) {
  const std::string writer = writer_of(db);
  return Failure{base::Cause::newer_version,
                 db.path() + ": its layout is number " + std::to_string(found) +
                     (writer.empty() ? std::string() : ", written by Fieldsync " + writer) +
                     "; this program, " FIELDSYNC_VERSION ", knows layouts up to " +
                     std::to_string(known) +
                     ". Nothing was changed. Install that version or a later one."};
}

}  // namespace

int schema_version(Database& database) {
  return static_cast<int>(database.integer("PRAGMA user_version").value_or(0));
}

Result<> migrate(Database& database, const std::vector<Migration>& migrations) {
  const int known = migrations.empty() ? 0 : migrations.back().number;
  int before = 0;
  for (const Migration& migration : migrations) {
    FS_CHECK(migration.number > before);
    before = migration.number;
  }
  try {
    const int found = schema_version(database);
    if (found > known) return newer(database, found, known);
    for (const Migration& migration : migrations) {
      if (migration.number > found) step(database, migration);
    }
    return base::Done{};
  } catch (const SqlError& error) {
    return error.failure;
  }
}

}  // namespace fieldsync::storage
