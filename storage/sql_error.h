#pragma once

#include <string_view>

#include "storage/database.h"

struct sqlite3;

namespace fieldsync::storage {

/// What a SQLite result code means to a person. `system_error`: the errno (or GetLastError) that
/// came with it, 0 when unknown; it tells a full disk from a broken one.
base::Cause cause_of_sqlite(int extended_code, int system_error);

/// The Failure of a call on `connection` (may be null) that returned `code`. `doing` names the
/// act, `path` the file: both end up in the text.
Failure sqlite_failure(sqlite3* connection, int code, const Path& path, std::string_view doing);

}  // namespace fieldsync::storage
