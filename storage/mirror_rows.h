#pragma once

#include <optional>
#include <vector>

#include "storage/database.h"
#include "storage/mirror_store.h"

/// Rows of mirror.db to values and back. All functions throw SqlError.
namespace fieldsync::storage {

/// A (remote, project, kind) with its short number in the database.
struct Scope {
  std::int64_t number = 0;
  RemoteName remote;
  ProjectId project;
  KindId kind;
};
std::optional<std::int64_t> find_scope(Database& db, const RemoteName& remote,
                                       const ProjectId& project, const KindId& kind);
std::int64_t find_or_add_scope(Database& db, const RecordKey& key);
/// Scopes of a remote, project or kind, each when given.
std::vector<Scope> scopes_of(Database& db, const std::optional<RemoteName>& remote,
                             const std::optional<ProjectId>& project,
                             const std::optional<KindId>& kind);

/// A record as it lies in the database; the document not yet read.
struct StoredRecord {
  std::int64_t number = 0;
  Presence presence = Presence::present;
  MirrorRecord::Extent extent = MirrorRecord::Extent::full;
  std::optional<std::int64_t> updated_at;
  std::string document;
};
/// The number of the stored record; nothing when it is not here.
std::optional<std::int64_t> number_of(Database& db, const RecordKey& key);
std::optional<StoredRecord> find_stored(Database& db, std::int64_t scope, const ServiceId& id);

#define FS_RECORD_COLUMNS "number, id, presence, extent, updated_at, observed_at, document"
/// Without its files.
MirrorRecord read_record(const Row& row, const Scope& scope);
std::vector<MirrorFile> files_of(Database& db, std::int64_t record);

/// Brings the record's file rows to what was seen. Returns whether anything changed.
bool store_files(Database& db, std::int64_t scope, std::int64_t record, const MirrorRecord& seen);

ToolState read_tool(const Row& row);
#define FS_TOOL_COLUMNS                                                                   \
  "remote, project, tool, changes_until, complete_as_of, swept_at, next_poll, attempts, " \
  "cause, evidence, swept_under, audited_at, read_under"
void store_tool(Database& db, const ToolState& state);

inline std::int64_t millis_of(WallTime at) { return at.since_epoch.count(); }
inline Bind bind_time(const std::optional<WallTime>& at) {
  return at ? Bind(std::int64_t{millis_of(*at)}) : Bind(nullptr);
}

}  // namespace fieldsync::storage
