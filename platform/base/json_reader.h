#pragma once

#include <optional>
#include <string_view>

#include "platform/base/json.h"

namespace fieldsync::base {

/// Reads what is plain in a JSON text, which is nearly all that services send, several times as
/// fast as the library: of an initial pull, reading JSON takes most. Texts with escapes or letters
/// beyond ASCII and numbers that are no short integers are left to `scalar`, one by one.
///
/// Nothing when anything at all is wrong or odd: the library then reads the whole text and has the
/// last word. So this accepts nothing that the library would refuse.
using ScalarReader = std::optional<Value> (*)(std::string_view token);
std::optional<Value> read_plain_json(std::string_view text, JsonLimits limits, ScalarReader scalar);

}  // namespace fieldsync::base
