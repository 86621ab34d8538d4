#include "storage/database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include "storage/sql_error.h"
#include "storage/statement_cache.h"
#include "storage/tuning.h"

/// SQLiteCpp owns the connection. Statements go through SQLite's own functions, because a bound
/// string_view is then read in place and never copied.
namespace fieldsync::storage {

struct Database::Impl {
  Impl(Path file, const DatabaseOptions& options)
      : path(std::move(file)),
        connection(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
                   static_cast<int>(tuning::kLockWait.count()), options.vfs),
        statements(connection.getHandle()) {}
  ~Impl() {
    if (met_damage) sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }

  sqlite3* handle() const { return connection.getHandle(); }

  [[noreturn]] void fail(int code, std::string_view doing) {
    Failure failure = sqlite_failure(handle(), code, path, doing);
    if (failure.cause == base::Cause::work_damaged) met_damage = true;
    throw SqlError(std::move(failure));
  }

  Path path;
  SQLite::Database connection;
  StatementCache statements;
  bool in_transaction = false;
  /// Of a nested transaction that failed: the outer one must not commit the half of it.
  std::optional<Failure> nested_failure;
  bool met_damage = false;
};

namespace {

sqlite3_stmt* as_statement(void* statement) { return static_cast<sqlite3_stmt*>(statement); }

int bind_one(sqlite3_stmt* statement, int index, const Bind& value) {
  // A null pointer would bind NULL; empty text is not NULL.
  const char* bytes = value.bytes().data() ? value.bytes().data() : "";
  const auto size = static_cast<sqlite3_uint64>(value.bytes().size());
  switch (value.kind()) {
    case Bind::Kind::null:
      return sqlite3_bind_null(statement, index);
    case Bind::Kind::integer:
      return sqlite3_bind_int64(statement, index, value.integer());
    case Bind::Kind::number:
      return sqlite3_bind_double(statement, index, value.number());
    case Bind::Kind::text:
      return sqlite3_bind_text64(statement, index, bytes, size, SQLITE_STATIC, SQLITE_UTF8);
    case Bind::Kind::blob:
      return sqlite3_bind_blob64(statement, index, bytes, size, SQLITE_STATIC);
  }
  return SQLITE_MISUSE;
}

int bind_all(sqlite3_stmt* statement, std::span<const Bind> args) {
  FS_CHECK(sqlite3_bind_parameter_count(statement) == static_cast<int>(args.size()));
  int index = 0;
  for (const Bind& value : args) {
    if (const int code = bind_one(statement, ++index, value); code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

void harden(sqlite3* handle) {
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
}

/// The lock must be exclusive before the first read: WAL then needs no shared memory, which some
/// file systems do not have.
void set_journal(Database& db) {
  db.script("PRAGMA locking_mode=EXCLUSIVE");
  std::optional<std::string> mode;
  try {
    mode = db.text("PRAGMA journal_mode");
    if (mode != "wal") mode = db.text("PRAGMA journal_mode=WAL");
    db.integer("PRAGMA schema_version");
  } catch (const SqlError& error) {
    if (error.failure.cause != base::Cause::file_unreadable) throw;
    mode.reset();
  }
  if (mode == "wal" || mode == "memory") return;
  db.script("PRAGMA journal_mode=DELETE");
  // Without WAL the lock is only taken by the first write; take it now.
  db.script("BEGIN EXCLUSIVE; COMMIT");
}

void configure(Database& db, const DatabaseOptions& options) {
  db.script("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY");
  set_journal(db);
  db.script(options.durability == Durability::full ? "PRAGMA synchronous=FULL"
                                                   : "PRAGMA synchronous=NORMAL");
  db.script("PRAGMA foreign_keys=ON; PRAGMA cache_size=-" + std::to_string(options.cache_kib));
  db.script("PRAGMA journal_size_limit=" + std::to_string(tuning::kJournalKept));
}

}  // namespace

Database::Database() = default;
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const Path& path, const DatabaseOptions& options) {
  // Nobody asks SQLite how much memory it takes, and counting it costs a lock for every piece. Too
  // late where a program has used SQLite already: it counts then.
  static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)uncounted;
  std::unique_ptr<Database> db(new Database);
  try {
    db->impl_ = std::make_unique<Impl>(path, options);
    harden(db->impl_->handle());
    configure(*db, options);
  } catch (const SQLite::Exception& error) {
    return sqlite_failure(nullptr, error.getExtendedErrorCode(), path, "opening");
  } catch (const SqlError& error) {
    return error.failure;
  }
  return db;
}

int Database::run_with(std::string_view sql, std::span<const Bind> args) {
  each_bound(sql, args, [](const Row&) { return true; });
  return sqlite3_changes(impl_->handle());
}

void Database::each_bound(std::string_view sql, std::span<const Bind> args,
                          const std::function<bool(const Row&)>& row) {
  int code = SQLITE_OK;
  const auto use = impl_->statements.use(sql, code);
  if (code != SQLITE_OK) impl_->fail(code, sql);
  code = bind_all(use.get(), args);
  if (code != SQLITE_OK) impl_->fail(code, sql);
  while ((code = sqlite3_step(use.get())) == SQLITE_ROW) {
    if (!row(Row(use.get()))) return;
  }
  if (code != SQLITE_DONE) impl_->fail(code, sql);
}

void Database::script(const std::string& sql) {
  const int code = sqlite3_exec(impl_->handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) impl_->fail(code, std::string_view(sql).substr(0, 80));
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(impl_->handle()); }

namespace {

/// A commit whose sync failed lies whole in the log: a kill now, and the next opening would take
/// it for kept, though the person was told it was not. A commit of nothing is written over it.
void write_over_failed_commit(Database& db) {
  const auto version = db.integer("PRAGMA user_version").value_or(0);
  db.script("PRAGMA user_version=" + std::to_string(version));
}

}  // namespace

void Database::transact(const std::function<void()>& body) {
  Impl& self = *impl_;
  if (self.in_transaction) {
    try {
      body();
    } catch (const SqlError& error) {
      self.nested_failure = error.failure;
      throw;
    }
    return;
  }
  // A transaction that a script began encloses this one.
  const bool is_enclosed = !sqlite3_get_autocommit(self.handle());
  run(is_enclosed ? "SAVEPOINT part" : "BEGIN IMMEDIATE");
  self.in_transaction = true;
  self.nested_failure.reset();
  enum class Step { body, commit } step = Step::body;
  try {
    body();
    if (self.nested_failure) throw SqlError(*self.nested_failure);
    step = Step::commit;
    run(is_enclosed ? "RELEASE part" : "COMMIT");
  } catch (...) {
    self.in_transaction = false;
    // SQLite has rolled back by itself after some failures.
    if (!sqlite3_get_autocommit(self.handle())) {
      const char* undo = is_enclosed ? "ROLLBACK TO part; RELEASE part" : "ROLLBACK";
      sqlite3_exec(self.handle(), undo, nullptr, nullptr, nullptr);
    }
    if (step == Step::commit) (void)guarded([this] { write_over_failed_commit(*this); });
    throw;
  }
  self.in_transaction = false;
}

namespace {
std::string check_with(Database& db, const std::string& pragma) {
  std::string lines;
  db.each(pragma + "(" + std::to_string(tuning::kIntegrityLinesMax) + ")", [&](const Row& row) {
    if (!lines.empty()) lines += '\n';
    lines += row.text(0);
  });
  return lines;
}
}  // namespace

void Database::release_memory() { sqlite3_db_release_memory(impl_->handle()); }

std::string Database::integrity() { return check_with(*this, "PRAGMA integrity_check"); }
std::string Database::quick_check() { return check_with(*this, "PRAGMA quick_check"); }
bool Database::met_damage() const { return impl_->met_damage; }
void Database::note_damage() { impl_->met_damage = true; }
const Path& Database::path() const { return impl_->path; }

bool Row::is_null(int column) const {
  return sqlite3_column_type(as_statement(statement_), column) == SQLITE_NULL;
}
std::int64_t Row::integer(int column) const {
  return sqlite3_column_int64(as_statement(statement_), column);
}
double Row::number(int column) const {
  return sqlite3_column_double(as_statement(statement_), column);
}
Bind Row::value(int column) const {
  switch (sqlite3_column_type(as_statement(statement_), column)) {
    case SQLITE_INTEGER:
      return Bind(integer(column));
    case SQLITE_FLOAT:
      return Bind(number(column));
    case SQLITE_TEXT:
      return Bind(bytes(column));
    case SQLITE_BLOB:
      return Bind::blob(bytes(column));
    default:
      return Bind(nullptr);
  }
}
std::string Row::text(int column) const { return std::string(bytes(column)); }
std::string_view Row::bytes(int column) const {
  sqlite3_stmt* statement = as_statement(statement_);
  const void* data = sqlite3_column_blob(statement, column);
  if (!data) return {};
  const int size = sqlite3_column_bytes(statement, column);
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

}  // namespace fieldsync::storage
