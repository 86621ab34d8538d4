#pragma once

#include <cstdint>
#include <string>

#include "net/sandbox/call.h"

/// Bytes on their way out (facts/procore-api.md 7.7): a URL on the API host that wants the token
/// and redirects to one on the storage host that refuses it. Both run out, and neither is ever the
/// same twice.
namespace fieldsync::net::sandbox {

/// null for a file that does not exist.
Value download_url(World& world, std::int64_t file, std::string_view name);
/// {id, name, filename, url} for each attachment of the record.
List attachment_list(World& world, std::int64_t record);
/// GET on the storage origin: /download/….
Reply answer_download(World& world, const Request& request);

/// A token in a URL that names what it is for and when it ends.
std::string sign(World& world, std::string_view what, Seconds expires);
/// Whether `signature` was made by `sign` for these.
bool is_signed(World& world, std::string_view what, std::string_view expires,
               std::string_view signature);

}  // namespace fieldsync::net::sandbox
