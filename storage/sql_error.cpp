#include "storage/sql_error.h"

#include <sqlite3.h>

#include <cerrno>

namespace fieldsync::storage {
namespace {

using base::Cause;

bool says_disk_full(int system_error) {
#ifdef _WIN32
  return system_error == 112 || system_error == 39;  // ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL
#else
#ifdef EDQUOT
  if (system_error == EDQUOT) return true;
#endif
  return system_error == ENOSPC;
#endif
}

}  // namespace

Cause cause_of_sqlite(int extended_code, int system_error) {
  switch (extended_code & 0xff) {
    case SQLITE_FULL:
      return Cause::disk_low;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_ERROR:  // our SQL is constant: a table that is not there means a damaged schema
    case SQLITE_SCHEMA:
    case SQLITE_FORMAT:
      return Cause::work_damaged;
    case SQLITE_IOERR:
      return says_disk_full(system_error) ? Cause::disk_low : Cause::disk_error;
    case SQLITE_CANTOPEN:
      return says_disk_full(system_error) ? Cause::disk_low : Cause::file_unreadable;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return Cause::file_unreadable;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return Cause::already_running;
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
      return Cause::limit_reached;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return Cause::bad_input;
    default:
      return Cause::disk_error;
  }
}

Failure sqlite_failure(sqlite3* connection, int code, const Path& path, std::string_view doing) {
  const bool own_error = connection && (sqlite3_errcode(connection) & 0xff) == (code & 0xff);
  const int extended = own_error ? sqlite3_extended_errcode(connection) : code;
  const int system_error = own_error ? sqlite3_system_errno(connection) : 0;
  std::string what = path;
  what += ": ";
  what += own_error ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  what += " (SQLite " + std::to_string(extended);
  if (system_error != 0) what += ", system " + std::to_string(system_error);
  what += ") while ";
  what += doing;
  return Failure{cause_of_sqlite(extended, system_error), std::move(what)};
}

}  // namespace fieldsync::storage
