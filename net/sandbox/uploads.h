#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "net/sandbox/call.h"

/// Uploads, v1.1 (facts/procore-api.md 7): created and completed at the API, filled at the storage
/// origin.
namespace fieldsync::net::sandbox {

/// An upload found fit to be attached to a record.
struct Claimed {
  std::string uuid;
  std::string name;
  std::string content_type;
  std::int64_t file = 0;
  std::string sha256;
  std::int64_t size = 0;
};

/// The upload, if it may be attached now by the caller in this project; else 422 with the reason:
/// unknown, of another user or project, not complete, older than a week, or used before when the
/// switch `upload_reuse` refuses that. Changes nothing.
std::variant<Claimed, Reply> claim(Call& call, std::int64_t project, const std::string& uuid);
/// The same for every uuid in `fields[upload_ids]`, all or none.
std::variant<std::vector<Claimed>, Reply> claim_all(Call& call, std::int64_t project,
                                                    const Document& fields);
/// Counts the use and attaches the files to the record. Returns their digests, for the ledger.
List attach_all(World& world, std::int64_t record, const std::vector<Claimed>& claimed);
/// Before the uploads of a PATCH: what was attached goes when the switch `patch_uploads` says so.
void prepare_patch(World& world, std::int64_t record, const Document& fields);
void mark_used(World& world, const Claimed& claimed);

}  // namespace fieldsync::net::sandbox
