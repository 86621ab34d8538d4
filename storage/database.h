#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "platform/base/result.h"
#include "platform/base/types.h"

/// One SQLite database. SQLite and SQLiteCpp are known to storage alone; the sandbox uses this
/// class too. Inside storage, SQL errors travel as SqlError; public functions of stores turn them
/// into a Failure with `guarded`.
namespace fieldsync::storage {

using base::Failure;
using base::Path;
using base::Result;

struct SqlError : std::exception {
  explicit SqlError(Failure f) : failure(std::move(f)) {}
  const char* what() const noexcept override { return failure.what.c_str(); }
  Failure failure;
};

/// full: a commit is durable when it returns. normal: the last commits may be lost at a power cut,
/// never torn.
enum class Durability { full, normal };

struct DatabaseOptions {
  Durability durability = Durability::full;
  /// Name of a registered SQLite VFS; empty: the system's.
  std::string vfs = {};
  int cache_kib = 2'048;
};

/// A value bound to a `?`.
class Bind {
 public:
  Bind(std::nullptr_t) {}
  Bind(int v) : kind_(Kind::integer), integer_(v) {}
  Bind(std::int64_t v) : kind_(Kind::integer), integer_(v) {}
  Bind(bool v) : kind_(Kind::integer), integer_(v) {}
  Bind(double v) : kind_(Kind::number), number_(v) {}
  Bind(const char* v) : kind_(Kind::text), bytes_(v) {}
  Bind(std::string_view v) : kind_(Kind::text), bytes_(v) {}
  Bind(const std::string& v) : kind_(Kind::text), bytes_(v) {}
  template <class T>
  Bind(const std::optional<T>& v) {
    if (v) *this = Bind(*v);
  }
  static Bind blob(std::string_view v) {
    Bind b(v);
    b.kind_ = Kind::blob;
    return b;
  }

  enum class Kind { null, integer, number, text, blob };
  Kind kind() const { return kind_; }
  std::int64_t integer() const { return integer_; }
  double number() const { return number_; }
  std::string_view bytes() const { return bytes_; }

 private:
  Kind kind_ = Kind::null;
  std::int64_t integer_ = 0;
  double number_ = 0;
  std::string_view bytes_;
};

/// A row while `each` runs. Columns from 0. Wrong types read as 0, "" or nothing.
class Row {
 public:
  explicit Row(void* statement) : statement_(statement) {}
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double number(int column) const;
  std::string text(int column) const;
  /// Bytes of a blob or text; valid until the next row.
  std::string_view bytes(int column) const;
  /// The value as it is, for copying rows; valid until the next row.
  Bind value(int column) const;

 private:
  void* statement_;
};

/// A connection, used by one thread at a time. WAL with an exclusive lock: no shared memory, and no
/// second program can look in; a rollback journal where WAL cannot be had. Prepared statements are
/// cached by their SQL. After disk_low or disk_error the transaction is rolled back and the
/// connection works on as soon as the disk does.
class Database {
 public:
  /// Opens or creates. work_damaged (the caller knows which database it is and says so),
  /// already_running (another process has it open), disk_low, disk_error or file_unreadable
  /// otherwise. ":memory:" is allowed.
  static Result<std::unique_ptr<Database>> open(const Path& path, const DatabaseOptions& options);
  ~Database();

  /// Runs one statement to its end. Throws SqlError. Returns the number of changed rows.
  template <class... Args>
  int run(std::string_view sql, const Args&... args) {
    return run_with(sql, std::array<Bind, sizeof...(Args)>{Bind(args)...});
  }
  /// The same with as many values as a caller found out at run time.
  int run_with(std::string_view sql, std::span<const Bind> args);
  /// Calls `row` for each result row until it returns false (or is void). Throws SqlError.
  template <class RowFunction, class... Args>
  void each(std::string_view sql, RowFunction&& row, const Args&... args) {
    const std::array<Bind, sizeof...(Args)> bound{Bind(args)...};
    each_bound(sql, bound, [&](const Row& r) {
      if constexpr (std::is_void_v<decltype(row(r))>) {
        row(r);
        return true;
      } else {
        return static_cast<bool>(row(r));
      }
    });
  }
  /// The first column of the first row as an integer; nothing without a row. Throws SqlError.
  template <class... Args>
  std::optional<std::int64_t> integer(std::string_view sql, const Args&... args) {
    std::optional<std::int64_t> found;
    each(
        sql, [&](const Row& r) { return found = r.integer(0), false; }, args...);
    return found;
  }
  template <class... Args>
  std::optional<std::string> text(std::string_view sql, const Args&... args) {
    std::optional<std::string> found;
    each(
        sql, [&](const Row& r) { return found = r.text(0), false; }, args...);
    return found;
  }
  /// Several statements separated by `;`, without arguments. Throws SqlError.
  void script(const std::string& sql);
  std::int64_t last_insert_id() const;

  /// Runs `body` in one transaction: committed when it returns, rolled back when it throws. Throws
  /// SqlError, also from a failed commit; what failed so does not come back at the next opening,
  /// unless the disk failed a second time right after. Nested calls join the outer transaction;
  /// within one that a script began, this one is committed or rolled back apart.
  void transact(const std::function<void()>& body);

  /// Gives back the memory of cached pages; what is needed again is read again.
  void release_memory();
  /// "ok" or what PRAGMA integrity_check found, at most ten lines. Throws SqlError.
  std::string integrity();
  /// The same without comparing tables with their indexes: twice as fast.
  std::string quick_check();
  /// Whether any call since the opening met a damaged page, or note_damage was called. The log of
  /// such a database is left as it is when it is closed, for a salvage to find.
  bool met_damage() const;
  void note_damage();
  const Path& path() const;

 private:
  Database();
  void each_bound(std::string_view sql, std::span<const Bind> args,
                  const std::function<bool(const Row&)>& row);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Runs `body` and turns an SqlError into its Failure.
template <class Body>
auto guarded(Body&& body) -> Result<decltype(body())> {
  try {
    return body();
  } catch (const SqlError& error) {
    return error.failure;
  }
}
template <class Body>
requires std::is_void_v<std::invoke_result_t<Body>> Result<> guarded(Body&& body) {
  try {
    body();
    return base::Done{};
  } catch (const SqlError& error) {
    return error.failure;
  }
}

}  // namespace fieldsync::storage
