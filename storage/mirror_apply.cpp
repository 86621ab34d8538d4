#include "storage/mirror_apply.h"

#include "platform/base/json.h"

namespace fieldsync::storage {
namespace {

using Extent = MirrorRecord::Extent;

/// What is to be stored.
struct Merged {
  std::string document;
  Extent extent = Extent::full;
  std::optional<std::int64_t> updated_at;
};

std::optional<std::int64_t> updated_at_of(const MirrorRecord& seen) {
  if (!seen.updated_at) return std::nullopt;
  return millis_of(*seen.updated_at);
}

/// The stored fields with those of the summary laid over. A stored document that cannot be read is
/// simply replaced: the service tells it again.
std::string overlaid(const StoredRecord& stored, const Document& summary) {
  auto parsed = base::parse_json(stored.document);
  Document* fields = parsed.ok() ? parsed->as_document() : nullptr;
  if (!fields) return base::to_json(summary);
  for (const base::Field& field : summary) fields->set(field.name, field.value);
  return base::to_json(*parsed);
}

Merged merge_summary(const MirrorRecord& seen, const StoredRecord& stored) {
  const auto updated = updated_at_of(seen);
  if (updated && stored.updated_at && *updated < *stored.updated_at) {
    return {stored.document, stored.extent, stored.updated_at};
  }
  Merged merged{overlaid(stored, seen.fields), stored.extent,
                updated ? updated : stored.updated_at};
  // Without a time only a visible change tells that there is something newer.
  const bool newer = updated && stored.updated_at ? *updated > *stored.updated_at
                                                  : merged.document != stored.document;
  if (newer) merged.extent = Extent::summary_only;
  return merged;
}

Merged merge(const MirrorRecord& seen, const StoredRecord& stored) {
  if (seen.extent == Extent::summary_only) return merge_summary(seen, stored);
  return {base::to_json(seen.fields), Extent::full, updated_at_of(seen)};
}

}  // namespace

std::int64_t MirrorApply::scope_of(const RecordKey& key) {
  if (scope_ == 0 || key.remote != scope_key_.remote || key.project != scope_key_.project ||
      key.kind != scope_key_.kind) {
    scope_ = find_or_add_scope(db_, key);
    scope_key_ = key;
  }
  return scope_;
}

ApplyOutcome MirrorApply::apply(const MirrorRecord& seen) {
  const std::int64_t scope = scope_of(seen.key);
  if (expect_new_ && insert(seen)) return ApplyOutcome::inserted;
  const auto stored = find_stored(db_, scope, seen.key.id);
  expect_new_ = !stored;
  if (stored) return merge_in(seen, *stored);
  FS_CHECK(insert(seen));
  return ApplyOutcome::inserted;
}

/// False when the record is there already.
bool MirrorApply::insert(const MirrorRecord& seen) {
  const int inserted = db_.run(
      "INSERT INTO record(scope, id, presence, extent, updated_at, observed_at, document) "
      "VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(scope, id) DO NOTHING",
      scope_, seen.key.id.raw(), static_cast<int>(Presence::present), static_cast<int>(seen.extent),
      updated_at_of(seen), millis_of(seen.observed_at), base::to_json(seen.fields));
  if (inserted == 0) return false;
  if (!seen.files.empty()) store_files(db_, scope_, db_.last_insert_id(), seen);
  return true;
}

ApplyOutcome MirrorApply::merge_in(const MirrorRecord& seen, const StoredRecord& stored) {
  const Merged merged = merge(seen, stored);
  const bool same = merged.document == stored.document && merged.extent == stored.extent &&
                    merged.updated_at == stored.updated_at && stored.presence == Presence::present;
  if (!same) {
    db_.run(
        "UPDATE record SET presence = ?, extent = ?, updated_at = ?, observed_at = ?, "
        "document = ? WHERE number = ?",
        static_cast<int>(Presence::present), static_cast<int>(merged.extent), merged.updated_at,
        millis_of(seen.observed_at), merged.document, stored.number);
  }
  const bool files_changed = store_files(db_, scope_, stored.number, seen);
  return same && !files_changed ? ApplyOutcome::same : ApplyOutcome::changed;
}

}  // namespace fieldsync::storage
