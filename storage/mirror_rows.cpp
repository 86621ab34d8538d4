#include "storage/mirror_rows.h"

#include <algorithm>

#include "platform/base/json.h"

namespace fieldsync::storage {
namespace {

std::optional<WallTime> optional_time(const Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return WallTime{base::Millis(row.integer(column))};
}

/// Bytes that are here stay right while the name and a known size do not change.
bool same_content(const MirrorFile& stored, const MirrorFile& seen) {
  return stored.name == seen.name && (!stored.size || !seen.size || stored.size == seen.size);
}

Bind bind_blob(const std::optional<Digest>& blob, std::string& hex) {
  if (!blob) return nullptr;
  hex = blob->hex();
  return Bind(hex);
}

void insert_file(Database& db, std::int64_t scope, std::int64_t record, const MirrorFile& file) {
  std::string hex;
  db.run(
      "INSERT OR REPLACE INTO file(record, slot, scope, name, url, size, blob, again_at, evidence, "
      "want, pinned) VALUES(?, ?, ?, ?, ?, ?, ?, 0, '', ?, ?)",
      record, file.slot, scope, file.name, file.url, file.size, bind_blob(file.blob, hex),
      static_cast<int>(file.want), static_cast<int>(file.pin));
}

/// False when the row already says all that was seen.
bool update_file(Database& db, std::int64_t scope, std::int64_t record, const MirrorFile& stored,
                 const MirrorFile& seen) {
  if (!same_content(stored, seen)) {
    insert_file(db, scope, record, seen);
    return true;
  }
  const auto size = seen.size ? seen.size : stored.size;
  const auto blob = seen.blob ? seen.blob : stored.blob;
  if (stored.url == seen.url && stored.size == size && stored.blob == blob &&
      stored.want == seen.want && stored.pin == seen.pin) {
    return false;
  }
  std::string hex;
  db.run(
      "UPDATE file SET url = ?, size = ?, blob = ?, want = ?, pinned = ? "
      "WHERE record = ? AND slot = ?",
      seen.url, size, bind_blob(blob, hex), static_cast<int>(seen.want), static_cast<int>(seen.pin),
      record, seen.slot);
  return true;
}

}  // namespace

std::string_view name(Presence presence) {
  switch (presence) {
    case Presence::present:
      return "present";
    case Presence::missing_once:
      return "missing_once";
    case Presence::gone:
      return "gone";
    case Presence::in_question:
      return "in_question";
  }
  return "";
}

std::optional<std::int64_t> find_scope(Database& db, const RemoteName& remote,
                                       const ProjectId& project, const KindId& kind) {
  return db.integer("SELECT number FROM scope WHERE remote = ? AND project = ? AND kind = ?",
                    remote.raw(), project.raw(), kind.raw());
}

std::int64_t find_or_add_scope(Database& db, const RecordKey& key) {
  if (const auto found = find_scope(db, key.remote, key.project, key.kind)) return *found;
  db.run("INSERT INTO scope(remote, project, kind) VALUES(?, ?, ?)", key.remote.raw(),
         key.project.raw(), key.kind.raw());
  return db.last_insert_id();
}

std::vector<Scope> scopes_of(Database& db, const std::optional<RemoteName>& remote,
                             const std::optional<ProjectId>& project,
                             const std::optional<KindId>& kind) {
  std::vector<Scope> scopes;
  db.each("SELECT number, remote, project, kind FROM scope ORDER BY number", [&](const Row& row) {
    Scope scope{row.integer(0), RemoteName(row.text(1)), ProjectId(row.text(2)),
                KindId(row.text(3))};
    if ((!remote || *remote == scope.remote) && (!project || *project == scope.project) &&
        (!kind || *kind == scope.kind)) {
      scopes.push_back(std::move(scope));
    }
  });
  return scopes;
}

std::optional<std::int64_t> number_of(Database& db, const RecordKey& key) {
  const auto scope = find_scope(db, key.remote, key.project, key.kind);
  if (!scope) return std::nullopt;
  return db.integer("SELECT number FROM record WHERE scope = ? AND id = ?", *scope, key.id.raw());
}

std::optional<StoredRecord> find_stored(Database& db, std::int64_t scope, const ServiceId& id) {
  std::optional<StoredRecord> found;
  db.each(
      "SELECT number, presence, extent, updated_at, document FROM record "
      "WHERE scope = ? AND id = ?",
      [&](const Row& row) {
        StoredRecord& r = found.emplace();
        r.number = row.integer(0);
        r.presence = static_cast<Presence>(row.integer(1));
        r.extent = static_cast<MirrorRecord::Extent>(row.integer(2));
        if (!row.is_null(3)) r.updated_at = row.integer(3);
        r.document = row.text(4);
      },
      scope, id.raw());
  return found;
}

MirrorRecord read_record(const Row& row, const Scope& scope) {
  MirrorRecord record;
  record.key = {scope.remote, scope.project, scope.kind, ServiceId(row.text(1))};
  record.presence = static_cast<Presence>(row.integer(2));
  record.extent = static_cast<MirrorRecord::Extent>(row.integer(3));
  record.updated_at = optional_time(row, 4);
  record.observed_at = WallTime{base::Millis(row.integer(5))};
  auto parsed = base::parse_json(row.bytes(6));
  Document* fields = parsed.ok() ? parsed->as_document() : nullptr;
  if (!fields) {
    throw SqlError({base::Cause::work_damaged,
                    "record " + record.key.id.raw() + ": its document cannot be read"});
  }
  record.fields = std::move(*fields);
  return record;
}

std::vector<MirrorFile> files_of(Database& db, std::int64_t record) {
  std::vector<MirrorFile> files;
  db.each(
      "SELECT slot, name, url, size, blob, want, pinned, validator FROM file WHERE record = ? "
      "ORDER BY slot",
      [&](const Row& row) {
        MirrorFile file{row.text(0), row.text(1), row.text(2), std::nullopt, std::nullopt};
        if (!row.is_null(3)) file.size = row.integer(3);
        if (!row.is_null(4)) file.blob = Digest::from_hex(row.bytes(4));
        file.want = static_cast<Want>(row.integer(5));
        file.pin = static_cast<Pin>(row.integer(6));
        file.validator = row.text(7);
        files.push_back(std::move(file));
      },
      record);
  return files;
}

bool store_files(Database& db, std::int64_t scope, std::int64_t record, const MirrorRecord& seen) {
  const auto stored = files_of(db, record);
  bool changed = false;
  for (const MirrorFile& file : seen.files) {
    const auto found = std::find_if(stored.begin(), stored.end(),
                                    [&](const MirrorFile& s) { return s.slot == file.slot; });
    if (found == stored.end()) {
      insert_file(db, scope, record, file);
      changed = true;
    } else if (update_file(db, scope, record, *found, file)) {
      changed = true;
    }
  }
  if (seen.extent == MirrorRecord::Extent::summary_only) return changed;
  for (const MirrorFile& s : stored) {
    const bool listed = std::any_of(seen.files.begin(), seen.files.end(),
                                    [&](const MirrorFile& f) { return f.slot == s.slot; });
    if (listed) continue;
    db.run("DELETE FROM file WHERE record = ? AND slot = ?", record, s.slot);
    changed = true;
  }
  return changed;
}

ToolState read_tool(const Row& row) {
  ToolState state;
  state.remote = RemoteName(row.text(0));
  state.project = ProjectId(row.text(1));
  state.tool = row.text(2);
  state.changes_until = optional_time(row, 3);
  state.complete_as_of = optional_time(row, 4);
  state.swept_at = optional_time(row, 5);
  state.next_poll = WallTime{base::Millis(row.integer(6))};
  state.attempts = static_cast<int>(row.integer(7));
  state.cause = base::cause_from_id(row.bytes(8)).value_or(base::Cause::mirror_damaged);
  state.evidence = row.text(9);
  state.swept_under = row.text(10);
  state.audited_at = optional_time(row, 11);
  state.read_under = row.text(12);
  return state;
}

void store_tool(Database& db, const ToolState& s) {
  db.run("INSERT OR REPLACE INTO tool(" FS_TOOL_COLUMNS
         ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
         s.remote.raw(), s.project.raw(), s.tool, bind_time(s.changes_until),
         bind_time(s.complete_as_of), bind_time(s.swept_at), millis_of(s.next_poll), s.attempts,
         base::info(s.cause).id, s.evidence, s.swept_under, bind_time(s.audited_at), s.read_under);
}

}  // namespace fieldsync::storage
