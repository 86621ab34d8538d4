#pragma once

#include "storage/database.h"
#include "storage/work_types.h"

/// Who waits for whom. Intents of one item go out one after the other: each waits for the latest
/// earlier one that is open and not yet sent. An explicit `depends_on` goes before that rule. All
/// functions run inside the caller's transaction and throw SqlError.
namespace fieldsync::storage {

/// Sets state and depends_on of an intent that is about to be inserted under its id.
void place_in_order(Database& db, Intent& intent);

/// `done` is sent, delivered or cancelled: what waited for it is queued, or waits for the next
/// blocker of its item. What waited for a cancelled create is cancelled with it.
void release_waiting(Database& db, const Intent& done);

/// Releases what waits for an intent that blocks nobody any more or is not there.
void release_orphans(Database& db);

}  // namespace fieldsync::storage
