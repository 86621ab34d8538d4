#pragma once

#include <optional>

#include "agent/merge/reconcile.h"
#include "net/remote_service.h"
#include "storage/mirror_store.h"
#include "storage/work_types.h"

namespace fieldsync::sync {

/// How an act and what is known of its record stand to each other: a place in the reconciler's
/// table.
struct Standing {
  merge::Ours ours = merge::Ours::untouched;
  merge::Theirs theirs = merge::Theirs::not_seen;
  merge::Decision decision() const { return merge::decide(ours, theirs); }
};

/// `our_fields` are the act's with service ids for local ones; `record` is the mirror's, nothing if
/// it has none. Pure.
Standing standing_of(const storage::Intent& intent, const base::Document& our_fields,
                     const std::optional<storage::MirrorRecord>& record);

/// What a person is told of fields that changed at the service under a removal.
std::string changes_text(const base::Document& before, const base::Document& theirs);
/// The fields of `before` as the service has them.
base::Document as_there(const base::Document& before, const base::Document& theirs);

}  // namespace fieldsync::sync
