#pragma once

#include "storage/mirror_rows.h"

namespace fieldsync::storage {

enum class ApplyOutcome { inserted, changed, same };

/// What one observation makes of one stored record. Inside the caller's transaction; throws
/// SqlError. Scopes are looked up once per batch.
class MirrorApply {
 public:
  explicit MirrorApply(Database& db) : db_(db) {}
  ApplyOutcome apply(const MirrorRecord& seen);

 private:
  std::int64_t scope_of(const RecordKey& key);
  bool insert(const MirrorRecord& seen);
  ApplyOutcome merge_in(const MirrorRecord& seen, const StoredRecord& stored);

  Database& db_;
  std::int64_t scope_ = 0;
  RecordKey scope_key_;
  /// What the last record was: new ones come in runs, and inserting at once saves a look-up.
  bool expect_new_ = true;
};

}  // namespace fieldsync::storage
