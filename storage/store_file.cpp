#include "storage/store_file.h"

#include <algorithm>

#include "platform/base/time_text.h"
#include "storage/tuning.h"

namespace fieldsync::storage {
namespace {

using base::Cause;

constexpr std::string_view kLogs[] = {"-wal", "-journal"};
/// More copies than this of one second mean that something else is wrong.
constexpr int kNamesMax = 100;

constexpr const char* kSetInUse =
    "INSERT INTO schema_info VALUES('in_use', ?) "
    "ON CONFLICT(name) DO UPDATE SET value = excluded.value";

Failure not_ours(Database& db, std::int64_t found) {
  db.note_damage();
  return Failure{Cause::work_damaged, db.path() + ": its application id is " +
                                          std::to_string(found) + ", so this is not the file or " +
                                          "its first page is damaged"};
}

/// Whether the last process closed it properly. A small database is checked anyway.
bool needs_check(Database& db) {
  const bool closed =
      db.text("SELECT value FROM schema_info WHERE name = 'in_use'").value_or("no") == "no";
  const auto bytes =
      db.integer("PRAGMA page_count").value_or(0) * db.integer("PRAGMA page_size").value_or(0);
  return !closed || bytes <= tuning::kCheckAlwaysBelow;
}

Result<> check_for_damage(Database& db, StoreLayout::Check check) {
  if (!needs_check(db)) return {};
  std::string found;
  // A page that cannot be read shows as damage; one that can be read the next time is none.
  for (int look = 0; look < tuning::kDamageLooks; ++look) {
    found = check == StoreLayout::Check::with_indexes ? db.integrity() : db.quick_check();
    if (found == "ok") return {};
  }
  db.note_damage();
  return Failure{Cause::work_damaged, db.path() + ": " + found};
}

Result<> keep_old_copy(Database& db, const DatabaseOptions& options, int version) {
  db.each("PRAGMA wal_checkpoint(TRUNCATE)", [](const Row&) {});
  return VfsFiles(options.vfs).copy(db.path(), db.path() + ".layout-" + std::to_string(version));
}

/// Not being able to write the flag (a full disk) is no reason to refuse reading.
void set_in_use(Database& db, std::string_view value) {
  try {
    db.run(kSetInUse, value);
  } catch (const SqlError&) {
  }
}

Result<> prepare(Database& db, const DatabaseOptions& options, const StoreLayout& layout) {
  const int version = schema_version(db);
  const bool fresh = version == 0 && !db.integer("SELECT 1 FROM sqlite_schema LIMIT 1");
  if (!fresh) {
    const auto id = db.integer("PRAGMA application_id").value_or(0);
    if (id != layout.application_id || version == 0) return not_ours(db, id);
  }
  const int latest = layout.migrations.back().number;
  if (!fresh && version <= latest) TRY(check_for_damage(db, layout.check));
  if (!fresh && version < latest && layout.old_copy == StoreLayout::OldCopy::keep) {
    TRY(keep_old_copy(db, options, version));
  }
  TRY(migrate(db, layout.migrations));
  set_in_use(db, "yes");
  return {};
}

}  // namespace

const StoreLayout& work_layout() {
  static const StoreLayout layout{"work.db", 0x4653574B, work_migrations(),
                                  StoreLayout::Check::with_indexes, StoreLayout::OldCopy::keep};
  return layout;
}

const StoreLayout& mirror_layout() {
  static const StoreLayout layout{"mirror.db", 0x46534D52, mirror_migrations(),
                                  StoreLayout::Check::pages, StoreLayout::OldCopy::none};
  return layout;
}

Result<std::unique_ptr<Database>> open_store(const Path& path, const DatabaseOptions& options,
                                             const StoreLayout& layout) {
  TRY_ASSIGN(auto db, Database::open(path, options));
  try {
    TRY(prepare(*db, options, layout));
  } catch (const SqlError& error) {
    return error.failure;
  }
  return db;
}

void close_store(Database& database) {
  if (!database.met_damage()) set_in_use(database, "no");
}

Result<Path> copy_damaged(VfsFiles& files, const Path& path, base::WallTime now) {
  std::string stamp = base::to_iso_seconds(now);
  std::erase(stamp, ':');
  std::erase(stamp, '-');
  Path target = path + ".damaged-" + stamp;
  for (int i = 2; i <= kNamesMax; ++i) {
    TRY_ASSIGN(const auto taken, files.size(target));
    if (!taken) break;
    target = path + ".damaged-" + stamp + "-" + std::to_string(i);
  }
  for (const std::string_view log : kLogs) {
    const Path from = path + std::string(log);
    TRY_ASSIGN(const auto size, files.size(from));
    if (size) TRY(files.copy(from, target + std::string(log)));
  }
  // The database last: a copy under its plain name is complete.
  TRY(files.copy(path, target));
  return target;
}

Result<> remove_database(VfsFiles& files, const Path& path) {
  for (const std::string_view log : kLogs) TRY(files.remove(path + std::string(log)));
  return files.remove(path);
}

}  // namespace fieldsync::storage
