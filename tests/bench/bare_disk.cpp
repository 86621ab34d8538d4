#include "tests/bench/bare_disk.h"

#include <fcntl.h>
#include <unistd.h>

#include "platform/base/check.h"
#include "storage/tuning.h"

namespace fieldsync::bench {

BareConnection::BareConnection(const std::string& file, const char* synchronous) {
  FS_CHECK(sqlite3_open(file.c_str(), &handle_) == SQLITE_OK);
  script("PRAGMA temp_store=MEMORY; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL");
  script(std::string("PRAGMA synchronous=") + synchronous);
  script("PRAGMA cache_size=-" + std::to_string(storage::DatabaseOptions{}.cache_kib));
  script("PRAGMA journal_size_limit=" + std::to_string(storage::tuning::kJournalKept));
}

BareConnection::~BareConnection() { sqlite3_close_v2(handle_); }

void BareConnection::script(const std::string& sql) {
  FS_CHECK(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}

sqlite3_stmt* BareConnection::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  FS_CHECK(sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) ==
           SQLITE_OK);
  return statement;
}

void BareConnection::step_once(sqlite3_stmt* statement) {
  FS_CHECK(sqlite3_step(statement) == SQLITE_DONE);
  sqlite3_reset(statement);
}

BareTable::BareTable(const std::string& file) : connection_(file, "FULL") {
  connection_.script("CREATE TABLE bare(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
  insert_ = connection_.prepare("INSERT INTO bare(bytes) VALUES(?)");
}

BareTable::~BareTable() { sqlite3_finalize(insert_); }

void BareTable::commit_row(std::string_view bytes) {
  sqlite3_bind_blob64(insert_, 1, bytes.data(), bytes.size(), SQLITE_STATIC);
  connection_.step_once(insert_);
}

BareRecords::BareRecords(const std::string& file) : connection_(file, "NORMAL") {
  connection_.script(
      "CREATE TABLE record(number INTEGER PRIMARY KEY, scope INTEGER NOT NULL, id TEXT NOT NULL, "
      "presence INTEGER NOT NULL, extent INTEGER NOT NULL, updated_at INTEGER, "
      "observed_at INTEGER NOT NULL, document TEXT NOT NULL) STRICT;"
      "CREATE UNIQUE INDEX record_key ON record(scope, id);"
      "CREATE INDEX record_to_show ON record(scope, updated_at DESC) "
      "WHERE extent = 1 AND presence = 0");
  begin_ = connection_.prepare("BEGIN IMMEDIATE");
  commit_ = connection_.prepare("COMMIT");
  insert_ = connection_.prepare(
      "INSERT INTO record(scope, id, presence, extent, updated_at, observed_at, document) "
      "VALUES(1, ?, 0, 1, ?, 1790000000000, ?)");
}

BareRecords::~BareRecords() {
  for (sqlite3_stmt* statement : {begin_, insert_, commit_}) sqlite3_finalize(statement);
}

void BareRecords::insert(const std::vector<Row>& rows) {
  connection_.step_once(begin_);
  for (const Row& row : rows) {
    sqlite3_bind_text64(insert_, 1, row.id.data(), row.id.size(), SQLITE_STATIC, SQLITE_UTF8);
    sqlite3_bind_int64(insert_, 2, row.updated_at);
    sqlite3_bind_text64(insert_, 3, row.document.data(), row.document.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
    connection_.step_once(insert_);
  }
  connection_.step_once(commit_);
}

void write_and_sync(const std::string& file, std::string_view bytes) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  FS_CHECK(descriptor >= 0);
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
    FS_CHECK(put > 0);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  FS_CHECK(::fsync(descriptor) == 0);
  ::close(descriptor);
}

}  // namespace fieldsync::bench
