#pragma once

#include "agent/sync/remote/remote.h"
#include "storage/work_store.h"

/// Records whose files a person wants to have here. The mirror may go at any time, what people said
/// may not: pins are a setting of work.db.
namespace fieldsync::sync {

/// The pins of the remote, for Remote::pins.
base::Result<std::set<storage::RecordKey>> load_pins(storage::WorkStore& work,
                                                     const base::RemoteName& remote);
/// Durable when it succeeds; limit_reached past tuning::kPinsMax.
base::Result<> set_pin(storage::WorkStore& work, Remote& remote, const storage::RecordKey& key,
                       storage::Pin pin);

}  // namespace fieldsync::sync
