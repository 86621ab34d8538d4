#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/sandbox/exchange.h"
#include "net/sandbox/world.h"

/// One API request on its way through a handler.
namespace fieldsync::net::sandbox {

struct Call {
  World& world;
  const Request& request;
  Params params;
  /// The JSON body; empty when there was none.
  Document body;
  /// What stood at each `{}` of the route.
  std::vector<std::string> captured;
  User caller;
  std::int64_t company = 0;

  /// The captured part as a number; 0, which no record has, when it is none.
  std::int64_t id(std::size_t index) const;
};

using Handler = Reply (*)(Call&);

/// Tools as the sandbox names them in `settings/permissions`.
inline constexpr std::string_view kRfiTool = "rfi";
inline constexpr std::string_view kDrawingTool = "drawing_log";
inline constexpr std::string_view kPhotoTool = "images";
inline constexpr std::string_view kLogTool = "daily_log";

/// Whether the caller may act in that tool of that project at all; `reply` when not: 403 for a
/// project one was removed from, for a disabled tool and for too low a level, 404 for a project
/// that does not exist.
struct Admission {
  std::optional<Reply> refused;
  Access level = Access::none;
  Project project;
};
Admission admit(Call& call, std::int64_t project, std::string_view tool, Access at_least);

/// Nothing when every field of `fields` is among `known` or the switch `unknown_fields` lets it
/// pass; else 406.
std::optional<Reply> refuse_unknown(Call& call, const Document& fields,
                                    const std::vector<std::string_view>& known);
/// The object under `name` in the body; nullptr when absent or of another type.
const Document* object(const Document& body, std::string_view name);
/// Integers of a list field; items that are none read as 0.
std::vector<std::int64_t> integers(const Document& fields, std::string_view name);
/// A date as Procore keeps it: anything malformed becomes null (facts/procore-api.md 1.4).
Value lenient_date(const Value& value);
/// Text of `html` without tags, entities decoded, breaks as line ends.
std::string plain_of(std::string_view html);
/// Shows what was written as `location_id` as the service does: an object, or null.
Value location_of(const Document& body);
/// True when the field is set and true.
bool is_true(const Document& fields, std::string_view name);

}  // namespace fieldsync::net::sandbox
