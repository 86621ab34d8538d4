#pragma once

#include <string>
#include <string_view>

#include "platform/base/result.h"
#include "platform/base/value.h"

/// The only JSON reader and writer. The JSON library is known to json.cpp alone.
namespace fieldsync::base {

struct JsonLimits {
  /// Nesting deeper than this is refused: no service nests past a dozen levels, and recursion on
  /// hostile input must end.
  int depth_max = 64;
};

/// Parses one JSON text. Duplicate keys: the last wins. Numbers without fraction that fit are
/// integers, all others doubles. Malformed, too deep or not UTF-8: Failure unexpected_answer that
/// names the byte. Loop-free, no globals: any thread.
Result<Value> parse_json(std::string_view text, JsonLimits limits = {});

/// Compact JSON with keys in sorted order: equal values give equal bytes. Text that is not UTF-8
/// has its bad bytes replaced by U+FFFD.
std::string to_json(const Value& value);
/// The same with line breaks and an indent of two, for people.
std::string to_pretty_json(const Value& value);

}  // namespace fieldsync::base
