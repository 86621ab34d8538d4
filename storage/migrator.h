#pragma once

#include <string_view>
#include <vector>

#include "storage/database.h"

namespace fieldsync::storage {

/// One numbered, append-only step of a schema. The SQL files are embedded at build time.
struct Migration {
  int number;
  std::string_view name;
  std::string_view sql;
};

const std::vector<Migration>& work_migrations();
const std::vector<Migration>& mirror_migrations();

/// Brings the database to the last migration, each step in one transaction together with its
/// number (PRAGMA user_version) and the version of this program (table `schema_info`).
/// newer_version when the file is ahead of this program: nothing is touched then.
Result<> migrate(Database& database, const std::vector<Migration>& migrations);

/// Number of the last step done; 0 for an empty database. Throws SqlError.
int schema_version(Database& database);

}  // namespace fieldsync::storage
