#pragma once

#include <optional>

#include "storage/work_store.h"

/// Making a sound work.db out of a damaged one. The damaged file is copied aside whole before
/// anything else; every row that SQLite can still read goes into a new file, which replaces the old
/// one only when it is complete and synced. A cut at any point is picked up at the next start.
namespace fieldsync::storage {

/// `path` could not be opened or failed its check. On success it is sound, perhaps empty.
Result<Salvage> salvage(const Path& path, const DatabaseOptions& options, WallTime now);

/// Ends a salvage that was cut after its new file was complete; removes one cut before.
Result<std::optional<Salvage>> finish_salvage(const Path& path, const DatabaseOptions& options);

}  // namespace fieldsync::storage
