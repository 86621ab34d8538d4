#include "storage/mirror_store.h"

#include <algorithm>

#include "platform/file_system.h"
#include "storage/mirror_apply.h"
#include "storage/mirror_guard.h"
#include "storage/store_file.h"

namespace fieldsync::storage {
namespace {

struct Numbered {
  std::int64_t number;
  MirrorRecord record;
};

void collect_records(Database& db, const Scope& scope, const MirrorStore::Filter& filter,
                     std::vector<Numbered>& found) {
  db.each(
      "SELECT " FS_RECORD_COLUMNS
      " FROM record WHERE scope = ? AND id > ? AND presence <> ? ORDER BY id LIMIT ?",
      [&](const Row& row) {
        found.push_back({row.integer(0), read_record(row, scope)});
      },
      scope.number, filter.after.raw(), filter.with_gone ? -1 : static_cast<int>(Presence::gone),
      filter.limit);
}

/// Cuts behind the limit, but never between records that share an id: the next page begins after
/// it.
void cut_page(std::vector<Numbered>& found, int limit) {
  auto size = static_cast<std::size_t>(std::max(limit, 0));
  if (found.size() <= size) return;
  while (size > 0 && size < found.size() &&
         found[size].record.key.id == found[size - 1].record.key.id) {
    ++size;
  }
  found.resize(size);
}

}  // namespace

MirrorStore::MirrorStore(std::unique_ptr<Database> database) : db_(std::move(database)) {}

MirrorStore::~MirrorStore() { close_store(*db_); }

Result<MirrorStore::Opened> MirrorStore::open(const Path& folder, const DatabaseOptions& options,
                                              WallTime now) {
  const Path path = platform::join(folder, mirror_layout().file);
  Opened opened;
  auto database = open_store(path, options, mirror_layout());
  if (!database.ok() && database.failure().cause == base::Cause::work_damaged) {
    VfsFiles files(options.vfs);
    auto copy = copy_damaged(files, path, now);
    opened.set_aside = copy.ok() ? *copy : Path();
    if (auto removed = remove_database(files, path); !removed.ok()) {
      return as_mirror(removed.failure());
    }
    database = open_store(path, options, mirror_layout());
  }
  if (!database.ok()) return as_mirror(database.failure());
  opened.store.reset(new MirrorStore(std::move(database).value()));
  return opened;
}

Result<MirrorStore::Applied> MirrorStore::apply(const std::vector<MirrorRecord>& records,
                                                const std::optional<ToolState>& state) {
  return mirrored([&] {
    Applied applied;
    db_->transact([&] {
      MirrorApply batch(*db_);
      for (const MirrorRecord& record : records) {
        switch (batch.apply(record)) {
          case ApplyOutcome::inserted:
            ++applied.inserted;
            break;
          case ApplyOutcome::changed:
            ++applied.changed;
            break;
          case ApplyOutcome::same:
            ++applied.same;
            break;
        }
      }
      if (state) store_tool(*db_, *state);
    });
    return applied;
  });
}

Result<> MirrorStore::mark_observed(const RecordKey& key, WallTime now) {
  return mirrored([&] {
    db_->run("UPDATE record SET observed_at = ? WHERE number = ?", millis_of(now),
             number_of(*db_, key));
  });
}

Result<std::optional<MirrorRecord>> MirrorStore::record(const RecordKey& key) {
  return mirrored([&] {
    std::optional<MirrorRecord> found;
    const auto number = find_scope(*db_, key.remote, key.project, key.kind);
    if (!number) return found;
    const Scope scope{*number, key.remote, key.project, key.kind};
    std::int64_t record = 0;
    db_->each(
        "SELECT " FS_RECORD_COLUMNS " FROM record WHERE scope = ? AND id = ?",
        [&](const Row& row) {
          record = row.integer(0);
          found = read_record(row, scope);
        },
        *number, key.id.raw());
    if (found) found->files = files_of(*db_, record);
    return found;
  });
}

Result<std::vector<MirrorRecord>> MirrorStore::list(const Filter& filter) {
  return mirrored([&] {
    std::vector<Numbered> found;
    for (const Scope& scope : scopes_of(*db_, filter.remote, filter.project, filter.kind)) {
      collect_records(*db_, scope, filter, found);
    }
    std::stable_sort(found.begin(), found.end(), [](const Numbered& a, const Numbered& b) {
      return a.record.key.id < b.record.key.id;
    });
    cut_page(found, filter.limit);
    std::vector<MirrorRecord> records;
    records.reserve(found.size());
    for (Numbered& each : found) {
      each.record.files = files_of(*db_, each.number);
      records.push_back(std::move(each.record));
    }
    return records;
  });
}

Result<std::int64_t> MirrorStore::count(const RemoteName& remote, const ProjectId& project,
                                        const KindId& kind) {
  return mirrored([&]() -> std::int64_t {
    const auto scope = find_scope(*db_, remote, project, kind);
    if (!scope) return 0;
    return db_
        ->integer("SELECT count(*) FROM record WHERE scope = ? AND presence <> ?", *scope,
                  static_cast<int>(Presence::gone))
        .value_or(0);
  });
}

Result<std::vector<RecordKey>> MirrorStore::needing_show(const RemoteName& remote, int limit) {
  return mirrored([&] {
    struct Found {
      std::int64_t updated_at;
      RecordKey key;
    };
    std::vector<Found> found;
    for (const Scope& scope : scopes_of(*db_, remote, std::nullopt, std::nullopt)) {
      db_->each(
          "SELECT updated_at, id FROM record INDEXED BY record_to_show WHERE scope = ? "
          "AND extent = 1 AND presence = 0 ORDER BY updated_at DESC LIMIT ?",
          [&](const Row& row) {
            found.push_back({row.integer(0),
                             {scope.remote, scope.project, scope.kind, ServiceId(row.text(1))}});
          },
          scope.number, limit);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Found& a, const Found& b) { return a.updated_at > b.updated_at; });
    std::vector<RecordKey> keys;
    for (Found& each : found) {
      if (static_cast<int>(keys.size()) >= limit) break;
      keys.push_back(std::move(each.key));
    }
    return keys;
  });
}

Result<std::vector<RecordKey>> MirrorStore::stalest(const RemoteName& remote, const KindId& kind,
                                                    WallTime before, int limit) {
  return mirrored([&] {
    std::vector<RecordKey> keys;
    for (const Scope& scope : scopes_of(*db_, remote, std::nullopt, kind)) {
      db_->each(
          "SELECT id FROM record INDEXED BY record_observed WHERE scope = ? AND presence = 0 "
          "AND extent = 0 AND observed_at < ? ORDER BY observed_at LIMIT ?",
          [&](const Row& row) {
            keys.push_back({scope.remote, scope.project, scope.kind, ServiceId(row.text(0))});
          },
          scope.number, millis_of(before), limit);
    }
    return keys;
  });
}

Result<> MirrorStore::mark_missing(const RecordKey& key, WallTime now) {
  return mirrored([&] {
    db_->run("UPDATE record SET presence = ?, observed_at = ? WHERE number = ? AND presence = ?",
             static_cast<int>(Presence::missing_once), millis_of(now), number_of(*db_, key),
             static_cast<int>(Presence::present));
  });
}

Result<std::optional<ToolState>> MirrorStore::tool_state(const RemoteName& remote,
                                                         const ProjectId& project,
                                                         std::string_view tool) {
  return mirrored([&] {
    std::optional<ToolState> found;
    db_->each(
        "SELECT " FS_TOOL_COLUMNS " FROM tool WHERE remote = ? AND project = ? AND tool = ?",
        [&](const Row& row) { found = read_tool(row); }, remote.raw(), project.raw(), tool);
    return found;
  });
}

Result<std::vector<ToolState>> MirrorStore::tool_states() {
  return mirrored([&] {
    std::vector<ToolState> found;
    db_->each("SELECT " FS_TOOL_COLUMNS " FROM tool ORDER BY remote, project, tool",
              [&](const Row& row) { found.push_back(read_tool(row)); });
    return found;
  });
}

Result<> MirrorStore::recover_after_restart(WallTime now) {
  return mirrored([&] {
    db_->transact([&] {
      const std::int64_t at = now.since_epoch.count();
      db_->run("UPDATE tool SET next_poll = 0 WHERE next_poll > 0");
      db_->run("UPDATE file SET again_at = 0 WHERE again_at > 0");
      const int ahead = db_->run(
          "UPDATE tool SET swept_at = NULL, complete_as_of = NULL "
          "WHERE max(coalesce(swept_at, 0), coalesce(complete_as_of, 0)) > ?",
          at);
      if (ahead > 0) db_->run("UPDATE record SET observed_at = 0 WHERE observed_at > ?", at);
    });
  });
}

Result<> MirrorStore::save_tool_state(const ToolState& state) {
  return mirrored([&] { store_tool(*db_, state); });
}

Result<> MirrorStore::forget_project(const RemoteName& remote, const ProjectId& project) {
  return mirrored([&] {
    db_->transact([&] {
      for (const Scope& scope : scopes_of(*db_, remote, project, std::nullopt)) {
        db_->run("DELETE FROM file WHERE record IN (SELECT number FROM record WHERE scope = ?)",
                 scope.number);
        db_->run("DELETE FROM record WHERE scope = ?", scope.number);
        db_->run("DELETE FROM scope WHERE number = ?", scope.number);
      }
      db_->run("DELETE FROM tool WHERE remote = ? AND project = ?", remote.raw(), project.raw());
    });
  });
}

void MirrorStore::release_memory() { db_->release_memory(); }

Result<std::string> MirrorStore::integrity() {
  return mirrored([&] { return db_->integrity(); });
}

}  // namespace fieldsync::storage
