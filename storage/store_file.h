#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "platform/base/types.h"
#include "storage/database.h"
#include "storage/migrator.h"
#include "storage/vfs_files.h"

/// What work.db and mirror.db share when they are opened, closed or set aside.
namespace fieldsync::storage {

struct StoreLayout {
  std::string_view file;  ///< "work.db"
  std::int64_t application_id;
  const std::vector<Migration>& migrations;
  /// How a start looks for damage. with_indexes: a row that its index lost would never be found
  /// again. pages: what is lost there comes back from the service.
  enum class Check { with_indexes, pages } check;
  /// keep: before an older file is migrated, a durable copy of it is left as `file`.layout-<n>.
  enum class OldCopy { keep, none } old_copy;
};
const StoreLayout& work_layout();
const StoreLayout& mirror_layout();

/// Opens or creates the database, looks for damage, migrates. work_damaged: the caller salvages or
/// begins anew. newer_version: left alone.
Result<std::unique_ptr<Database>> open_store(const Path& path, const DatabaseOptions& options,
                                             const StoreLayout& layout);

/// Notes that it was closed properly, so that the next start needs no check. Not if a damaged page
/// was met.
void close_store(Database& database);

/// Copies the database with its log beside itself as `path`.damaged-<time>; durable on success.
/// The originals stay. Returns the copy's path.
Result<Path> copy_damaged(VfsFiles& files, const Path& path, base::WallTime now);
/// Removes the database with its logs.
Result<> remove_database(VfsFiles& files, const Path& path);

}  // namespace fieldsync::storage
