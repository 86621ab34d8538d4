#pragma once

#include <set>
#include <string_view>

#include "platform/base/value.h"
#include "storage/mirror_store.h"

namespace fieldsync::sync {

/// How much a file of a record is wanted on this machine without being asked for: current sheets
/// most, then what was assigned to this login (`me`), superseded sheets last; other files only when
/// a person asks. Pure.
storage::Want want_of(const base::KindId& kind, const base::Document& fields, std::string_view slot,
                      const base::ServiceId& me);

/// The same with what a person said: a pinned file is wanted at least as much as an assigned one.
storage::Want want_with(storage::Want want, storage::Pin pin);

}  // namespace fieldsync::sync
