#pragma once

#include "agent/sync/remote/context.h"

/// What becomes of records that are no longer at the service, and of the work that was meant for
/// them. Absence has many reasons (facts/procore-api.md 5.3): only two complete lists under the
/// same rights are believed, not too many records at once, and never is anybody's work dropped.
namespace fieldsync::sync {

/// How many of `known` records may be gone at once and be believed.
std::int64_t believable(std::int64_t known);

/// What this login may do in the tool, as text: two lists that were made under different ones do
/// not add up to evidence. kRightsUnknown before they were read.
inline constexpr std::string_view kRightsUnknown = "unknown";
std::string rights_of(const Remote& remote, const base::ProjectId& project, std::string_view tool);

/// The record of these acts is about to be taken into the mirror again, or was just listed; `seen`
/// is how it stood before. Those held because it was gone go on. So do those held for lack of a
/// right, if it was not to be seen till now: one held while it was shown needs another remedy.
base::Result<> take_back(Context& context, std::vector<storage::Intent> held,
                         const std::optional<storage::MirrorRecord>& seen);
/// The same for all records of a complete list, before it is applied.
base::Result<> take_back(Context& context, const base::ProjectId& project, const base::KindId& kind,
                         std::vector<base::ServiceId> ids);

}  // namespace fieldsync::sync
