#pragma once

#include <set>
#include <string>

#include "agent/sync/remote/context.h"

namespace fieldsync::sync {

/// Turns an intent into a write of the service, as late as possible: ids of records captured here
/// become service ids now. waiting_for_other when one is not known yet; level and current lists are
/// filled in from what is known. For an edit the fields are those of the intent, unmerged.
base::Result<net::PushOp> bind(Context& context, const storage::Intent& intent);

/// The field with a record's attachments, children `{id, name, …}`. An attach act keeps in its base
/// what the record had when it was sent.
inline constexpr const char* kAttachments = "attachments";
std::set<std::string> attachment_ids(const base::Document& record);

/// The key of the record the intent is about, at the service; nothing while it is not delivered.
base::Result<std::optional<storage::RecordKey>> key_of(Context& context,
                                                       const storage::Intent& intent);

/// This login's level in the tool of the project, as last read; standard when that is not known.
kinds::Level level_in(const Remote& remote, const base::ProjectId& project, std::string_view tool);

}  // namespace fieldsync::sync
