#include "storage/mirror_guard.h"
#include "storage/mirror_rows.h"
#include "storage/mirror_store.h"

/// MirrorStore: which bytes are wanted, which are here, and which may go.
namespace fieldsync::storage {
namespace {

RecordKey key_in(const Row& row, int first) {
  return {RemoteName(row.text(first)), ProjectId(row.text(first + 1)), KindId(row.text(first + 2)),
          ServiceId(row.text(first + 3))};
}

/// "1,5,7" of the numbers of all scopes of these projects, for an SQL list.
std::string scope_list(Database& db, const std::set<ProjectId>& projects) {
  std::string numbers;
  for (const Scope& scope : scopes_of(db, std::nullopt, std::nullopt, std::nullopt)) {
    if (projects.count(scope.project) == 0) continue;
    numbers += (numbers.empty() ? "" : ",") + std::to_string(scope.number);
  }
  return numbers;
}

}  // namespace

Result<std::vector<MirrorStore::WantedFile>> MirrorStore::wanted_files(const RemoteName& remote,
                                                                       WallTime now,
                                                                       ByteCount size_max,
                                                                       int limit) {
  return mirrored([&] {
    std::vector<WantedFile> files;
    // As most of the time: ask no further.
    const bool is_any =
        db_->integer(
               "SELECT 1 FROM file INDEXED BY file_wanted WHERE blob IS NULL AND want > 0 LIMIT 1")
            .has_value();
    if (!is_any) return files;
    for (const Want want : {Want::current, Want::wished, Want::superseded}) {
      const int left = limit - static_cast<int>(files.size());
      if (left <= 0) break;
      db_->each(
          "SELECT s.remote, s.project, s.kind, r.id, f.slot, f.name, f.url, f.size, f.pinned, "
          "f.validator "
          "FROM file AS f INDEXED BY file_wanted "
          "CROSS JOIN record AS r ON r.number = f.record AND r.presence = 0 "
          "CROSS JOIN scope AS s ON s.number = f.scope AND s.remote = ? "
          "WHERE f.blob IS NULL AND f.want = ? AND f.again_at <= ? AND coalesce(f.size, 0) <= ? "
          "ORDER BY f.again_at, f.record DESC LIMIT ?",
          [&](const Row& row) {
            WantedFile wanted{key_in(row, 0),
                              {row.text(4), row.text(5), row.text(6), std::nullopt, std::nullopt}};
            if (!row.is_null(7)) wanted.file.size = row.integer(7);
            wanted.file.want = want;
            wanted.file.pin = static_cast<Pin>(row.integer(8));
            wanted.file.validator = row.text(9);
            files.push_back(std::move(wanted));
          },
          remote.raw(), static_cast<int>(want), millis_of(now), size_max, left);
    }
    return files;
  });
}

Result<std::int64_t> MirrorStore::count_wanted(const RemoteName& remote, const ProjectId& project,
                                               const KindId& kind, int limit) {
  return mirrored([&]() -> std::int64_t {
    const auto scope = find_scope(*db_, remote, project, kind);
    if (!scope) return 0;
    return db_
        ->integer(
            "SELECT count(*) FROM (SELECT 1 FROM file AS f INDEXED BY file_wanted "
            "CROSS JOIN record AS r ON r.number = f.record AND r.presence = 0 "
            "WHERE f.blob IS NULL AND f.want > 0 AND f.scope = ? LIMIT ?)",
            *scope, limit)
        .value_or(0);
  });
}

Result<> MirrorStore::save_file_blob(const RecordKey& key, std::string_view slot,
                                     const Digest& blob, ByteCount size, WallTime now) {
  return mirrored([&] {
    db_->run(
        "UPDATE file SET blob = ?, size = coalesce(size, ?), used_at = ?, again_at = 0, "
        "evidence = '', validator = '' WHERE record = ? AND slot = ?",
        blob.hex(), size, millis_of(now), number_of(*db_, key), slot);
  });
}

Result<> MirrorStore::postpone_file(const RecordKey& key, std::string_view slot, WallTime again_at,
                                    std::string_view evidence) {
  return mirrored([&] {
    db_->run("UPDATE file SET again_at = ?, evidence = ? WHERE record = ? AND slot = ?",
             millis_of(again_at), evidence, number_of(*db_, key), slot);
  });
}

Result<> MirrorStore::save_validator(const RecordKey& key, std::string_view slot,
                                     std::string_view validator) {
  return mirrored([&] {
    db_->run("UPDATE file SET validator = ? WHERE record = ? AND slot = ?", validator,
             number_of(*db_, key), slot);
  });
}

Result<> MirrorStore::mark_used(const RecordKey& key, std::string_view slot, WallTime now) {
  return mirrored([&] {
    db_->run("UPDATE file SET used_at = ? WHERE record = ? AND slot = ?", millis_of(now),
             number_of(*db_, key), slot);
  });
}

Result<> MirrorStore::set_file_want(const RecordKey& key, std::string_view slot, Want want,
                                    Pin pin) {
  return mirrored([&] {
    db_->run("UPDATE file SET want = ?, pinned = ?, again_at = 0 WHERE record = ? AND slot = ?",
             static_cast<int>(want), static_cast<int>(pin), number_of(*db_, key), slot);
  });
}

Result<std::vector<MirrorStore::KeptFile>> MirrorStore::evictable(
    Shelf shelf, const std::set<ProjectId>& out_of_reach, int limit) {
  return mirrored([&] {
    std::vector<KeptFile> files;
    const std::string closed = scope_list(*db_, out_of_reach);
    db_->each(
        "SELECT s.remote, s.project, s.kind, r.id, f.blob, f.size "
        "FROM file AS f INDEXED BY file_kept "
        "CROSS JOIN record AS r ON r.number = f.record AND r.presence = 0 "
        "CROSS JOIN scope AS s ON s.number = f.scope "
        "WHERE f.blob IS NOT NULL AND f.pinned = ? AND (f.want = 1) = ? AND f.scope NOT IN (" +
            closed +
            ") AND NOT EXISTS (SELECT 1 FROM file AS o INDEXED BY file_blob "
            "JOIN record AS t ON t.number = o.record WHERE o.blob = f.blob "
            "AND (t.presence <> 0 OR o.pinned > f.pinned OR (o.want = 1) < (f.want = 1))) "
            "ORDER BY f.used_at LIMIT ?",
        [&](const Row& row) {
          const auto blob = Digest::from_hex(row.bytes(4));
          if (blob) files.push_back({key_in(row, 0), *blob, row.integer(5)});
        },
        shelf == Shelf::pinned ? 1 : 0, shelf == Shelf::superseded ? 1 : 0, limit);
    return files;
  });
}

Result<> MirrorStore::forget_blobs(const std::vector<Digest>& blobs) {
  return mirrored([&] {
    db_->transact([&] {
      for (const Digest& blob : blobs) {
        db_->run("UPDATE file SET blob = NULL WHERE blob = ?", blob.hex());
      }
    });
  });
}

Result<bool> MirrorStore::has_blob(const Digest& blob) {
  return mirrored(
      [&] { return db_->integer("SELECT 1 FROM file WHERE blob = ?", blob.hex()).has_value(); });
}

Result<ByteCount> MirrorStore::bytes_kept() {
  return mirrored([&]() -> ByteCount {
    return db_->integer("SELECT total(size) FROM file WHERE blob IS NOT NULL").value_or(0);
  });
}

}  // namespace fieldsync::storage
