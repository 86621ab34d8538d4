#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// UTF-8 and names. What comes from outside is text only after `is_utf8` said so.
namespace fieldsync::base {

/// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);
/// Every bad sequence replaced by U+FFFD; control characters (below U+0020, U+007F to U+009F) by a
/// space. For showing text from outside on a terminal.
std::string printable(std::string_view bytes);
/// At most `bytes_max` bytes, cut between characters.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

std::string to_lower_ascii(std::string_view text);
std::string_view trimmed(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);

/// A name that every file system accepts: `# % & { } < > * ? / \ | : "`, controls and bad UTF-8
/// become `_`; trailing dots and spaces go; Windows device names (CON, NUL, COM1, …) get a leading
/// `_`; at most 255 bytes with the extension kept. Never empty, never `.` or `..`.
std::string safe_file_name(std::string_view name);

/// Percent-encodes everything but RFC 3986 unreserved characters.
std::string url_encode(std::string_view text);
/// Undoes %XX and, in query text, `+`. Malformed escapes stay as they are.
std::string url_decode(std::string_view text);

}  // namespace fieldsync::base
