#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/mirror_store.h"

/// What the disk and SQLite take for the same bytes with nothing of ours around them: the limits.
/// Trouble ends the program.
namespace fieldsync::bench {

class BareConnection {
 public:
  /// WAL, exclusive, with the page size and cache our stores have.
  BareConnection(const std::string& file, const char* synchronous);
  ~BareConnection();
  BareConnection(const BareConnection&) = delete;
  BareConnection& operator=(const BareConnection&) = delete;

  void script(const std::string& sql);
  sqlite3_stmt* prepare(const char* sql);
  void step_once(sqlite3_stmt* statement);

 private:
  sqlite3* handle_ = nullptr;
};

/// One row of a bare table per durable commit.
class BareTable {
 public:
  explicit BareTable(const std::string& file);
  ~BareTable();
  void commit_row(std::string_view bytes);

 private:
  BareConnection connection_;
  sqlite3_stmt* insert_;
};

/// A table with the columns and indexes of the mirror's `record`.
class BareRecords {
 public:
  explicit BareRecords(const std::string& file);
  ~BareRecords();
  struct Row {
    std::string id;
    std::int64_t updated_at = 0;
    std::string document;
  };
  /// All rows in one transaction.
  void insert(const std::vector<Row>& rows);

 private:
  BareConnection connection_;
  sqlite3_stmt* begin_;
  sqlite3_stmt* insert_;
  sqlite3_stmt* commit_;
};

/// Creates the file, writes the bytes, syncs and closes it.
void write_and_sync(const std::string& file, std::string_view bytes);

}  // namespace fieldsync::bench
