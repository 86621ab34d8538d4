#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fieldsync::net {

/// `bytes` as one gzip member (RFC 1952); nothing when it would not become shorter. Of long bodies
/// the beginning decides whether the rest is tried. Any thread.
std::optional<std::string> gzip(std::string_view bytes);
/// Whether an `Accept-Encoding` header lists gzip with a weight above zero.
bool lists_gzip(std::string_view accept_encoding);

}  // namespace fieldsync::net
