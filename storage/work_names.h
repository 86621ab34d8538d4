#pragma once

#include <optional>
#include <string_view>

#include "storage/work_types.h"

/// The enumerators of work.db as they are stored: by name, so that a row can be read by eye and
/// survives a reordering of the enums. Nothing for a name this program does not know.
namespace fieldsync::storage {

std::optional<Act> act_from(std::string_view text);
std::optional<IntentState> intent_state_from(std::string_view text);
std::optional<UploadState> upload_state_from(std::string_view text);
std::string_view name(UploadStyleStored style);
std::optional<UploadStyleStored> upload_style_from(std::string_view text);

/// Whether later intents of the same item wait for one like this: open and not yet sent. A held
/// edit delays nothing (promise P7); a held create does, since nothing can be without its record.
bool blocks_later_ones(IntentState state, Act act);

}  // namespace fieldsync::storage
