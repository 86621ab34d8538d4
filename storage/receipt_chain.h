#pragma once

#include <string_view>

#include "storage/database.h"
#include "storage/work_store.h"

/// The chain of receipts: each hash is SHA-256 over the canonical JSON of the row with `previous`.
namespace fieldsync::storage {

/// The hash of the row. `proof` is its text as stored.
Digest receipt_hash(const Receipt& receipt, std::string_view proof);

/// Recomputes every row, the links between them and the head. Throws SqlError.
WorkStore::ChainCheck check_chain(Database& db);

/// Appends under the next number; fills number, previous and hash. Throws SqlError.
Receipt append_receipt(Database& db, Receipt receipt);

}  // namespace fieldsync::storage
