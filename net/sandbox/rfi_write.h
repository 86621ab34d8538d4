#pragma once

#include <optional>

#include "net/sandbox/call.h"

/// What a caller may write into an RFI, apart from the routes (facts/procore-api.md 8.3, 8.4).
namespace fieldsync::net::sandbox {

/// Whether the caller may create open RFIs, change a status, choose an official reply.
bool manages_rfis(Call& call, std::int64_t project, Access level);
/// Fields of `rfi` outside the schema: 406. Admin-only fields sent by others are refused or taken
/// out, by the switch.
std::optional<Reply> check_rfi_fields(Call& call, Document& fields, Access level, bool manages);
/// Writes the plain fields of `fields` into the record. Dates are lenient. 400 when an id names
/// nobody of the project.
std::optional<Reply> apply_rfi_fields(Call& call, Record& rfi, const Document& fields);
/// Applies `draft` and `accepted`. 422 for a step that does not exist.
std::optional<Reply> apply_rfi_status(Call& call, Record& rfi, const Document& fields);
/// Those who see a private RFI.
void watch_rfi(World& world, const Record& rfi);

}  // namespace fieldsync::net::sandbox
