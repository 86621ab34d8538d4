#pragma once

#include <string>

#include "net/sandbox/call.h"

/// Drawings (facts/procore-api.md 9): `drawing_area`, `drawing_discipline`, `drawing_set`,
/// `drawing` (parent: its area) and `drawing_revision` (parent: its drawing) records.
namespace fieldsync::net::sandbox {

/// Publishes a new revision of the drawing, which becomes the current one. `processing` seconds
/// long it has no PDF yet. Returns its id.
std::int64_t publish_revision(World& world, const Record& drawing, std::string_view number,
                              std::string_view pdf, std::int64_t set, Seconds processing);

}  // namespace fieldsync::net::sandbox
