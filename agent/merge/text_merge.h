#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fieldsync::merge {

/// Three-way merge of a text that people write: by line, and where both changed the same lines, by
/// word. Nothing when both changed the same words differently, or when the texts are too long to
/// compare (tuning::kTextCellsMax). Pure; the same whichever side is called ours.
std::optional<std::string> merge_text(std::string_view base, std::string_view ours,
                                      std::string_view theirs);

}  // namespace fieldsync::merge
