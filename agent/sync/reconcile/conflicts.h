#pragma once

#include <vector>

#include "agent/merge/three_way.h"
#include "agent/sync/remote/context.h"
#include "agent/sync/remote/outcomes.h"

namespace fieldsync::sync {

/// Fields of an edit that the office wrote otherwise are held with all three values for a person to
/// decide; the other fields of the edit go on. False when none are left and `intent` itself is
/// held; `intent` is what is left otherwise. `conflicts` is not empty.
base::Result<bool> hold_conflicts(Context& context, Outcomes& outcomes, storage::Intent& intent,
                                  const std::vector<merge::FieldConflict>& conflicts);

}  // namespace fieldsync::sync
