#pragma once

#include "net/sandbox/call.h"

/// Photos and albums (facts/procore-api.md 11): `photo` records whose parent is an `album` record.
namespace fieldsync::net::sandbox {

Value show_photo(World& world, const Record& photo, Access level);
/// Fills width, height, taken_at and GPS from the bytes, as the service does.
void describe_photo(World& world, Record& photo, std::int64_t file);

}  // namespace fieldsync::net::sandbox
