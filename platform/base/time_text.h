#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/base/types.h"

/// Points in time as text. Procore reads a malformed date as null without complaint
/// (facts/procore-api.md 1.4), so nothing leaves this machine unchecked.
namespace fieldsync::base {

/// "2026-09-24T14:03:10Z": UTC, whole seconds (rounded down).
std::string to_iso_seconds(WallTime at);
/// "2026-09-24T14:03:10.042Z".
std::string to_iso_millis(WallTime at);
/// Accepts `Z` or `+hh:mm` offsets, with or without a fraction. Nothing for anything else,
/// impossible days included.
std::optional<WallTime> parse_iso(std::string_view text);

/// Parses the `Date` header's form, "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<WallTime> parse_http_date(std::string_view text);
std::string to_http_date(WallTime at);
std::string to_http_date(WallTime at);

/// "2026-09-24", the calendar day at `offset_minutes` east of UTC.
std::string to_iso_date(WallTime at, int offset_minutes = 0);
/// Whether `text` is a real day in the form YYYY-MM-DD.
bool is_iso_date(std::string_view text);
/// Midnight UTC of the day; nothing unless is_iso_date.
std::optional<WallTime> parse_iso_date(std::string_view text);

/// "40 s", "12 min", "3 h 05 min", "2 d": a span for people.
std::string to_human(Millis span);
/// "840 B", "1.4 MB": decimal units, one digit.
std::string bytes_to_human(ByteCount bytes);

}  // namespace fieldsync::base
