#pragma once

#include <string>
#include <vector>

#include "storage/database.h"
#include "storage/work_types.h"

/// Rows of work.db to values and back. Functions throw SqlError.
namespace fieldsync::storage {

/// States that are not an end, as every query on the index `intent_open` must spell them.
#define FS_OPEN "state NOT IN ('delivered', 'cancelled')"

/// The columns that read_intent expects, in its order.
#define FS_INTENT_COLUMNS                                                            \
  "id, item, remote, project, kind, act, state, depends_on, next_attempt, attempts," \
  "cause, sending_since, captured_at, changed_at, result, author, token, evidence, payload"

/// A row whose payload cannot be read comes back without it, held with cause work_damaged: one bad
/// row must not stop the others (promise P7).
Intent read_intent(const Row& row);
/// Inserts under intent.id.
void insert_intent(Database& db, const Intent& intent);
/// Replaces everything of the row but its id. The payload of one that came back with work_damaged
/// stays as it is on disk. False when there is no such row.
bool rewrite_intent(Database& db, const Intent& intent);

Receipt read_receipt(const Row& row);
#define FS_RECEIPT_COLUMNS                                                      \
  "number, intent, item, kind, act, project, remote, service_id, captured_at, " \
  "delivered_at, proof, previous, hash"

std::optional<Upload> load_upload(Database& db, IntentId intent, int position);
void store_upload(Database& db, const Upload& upload);
void drop_upload(Database& db, IntentId intent, int position);

/// The Failure of a row that should be there and is not.
SqlError no_such_row(const Database& db, const std::string& what);

}  // namespace fieldsync::storage
