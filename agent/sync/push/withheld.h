#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/kinds/kind.h"
#include "storage/work_types.h"

/// What this login's level keeps out of an act is kept, not dropped: it becomes a held act of its
/// own with the field and the level needed, and goes out when the level is there. Pure.
namespace fieldsync::sync {

/// Takes the fields in `withheld` out of `intent`. Returns them as a held edit of the same record;
/// nothing when the act has none of them.
std::optional<storage::Intent> take_withheld(storage::Intent& intent,
                                             const std::vector<std::string>& withheld);

/// Whether `apart` was taken out of the capture `create`, and was not sent since.
bool is_taken_from(const storage::Intent& create, const storage::Intent& apart);

/// Whether `intent` has none of the fields in `withheld`.
bool may_write(const storage::Intent& intent, const std::vector<std::string>& withheld);

/// "assignees, due_date: only an admin of the tool may set them".
std::string withheld_text(const std::vector<std::string>& fields);

}  // namespace fieldsync::sync
