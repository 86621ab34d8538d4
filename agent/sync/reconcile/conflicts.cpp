#include "agent/sync/reconcile/conflicts.h"

namespace fieldsync::sync {

using base::Cause;
using base::Result;
using storage::Intent;

namespace {

std::string conflict_text(const std::vector<merge::FieldConflict>& conflicts) {
  std::string text;
  for (const merge::FieldConflict& conflict : conflicts) {
    text += (text.empty() ? "" : "; ") + conflict.field + ": you wrote \"" +
            base::plain_text(conflict.ours) + "\", the office wrote \"" +
            base::plain_text(conflict.theirs) + "\", before it was \"" +
            base::plain_text(conflict.base) + "\"";
  }
  return text;
}

}  // namespace

Result<bool> hold_conflicts(Context& context, Outcomes& outcomes, Intent& intent,
                            const std::vector<merge::FieldConflict>& conflicts) {
  const std::string text = conflict_text(conflicts);
  if (conflicts.size() >= intent.fields.size()) {
    // Whatever was sent of it is not what the record has now: it is an edit to decide on again.
    intent.result = {};
    TRY(outcomes.held(intent, {Cause::conflict, text}));
    return false;
  }
  Intent apart = intent;
  apart.fields = apart.base = {};
  apart.result = {};
  apart.state = storage::IntentState::held;
  apart.cause = Cause::conflict;
  apart.evidence = text;
  apart.changed_at = context.now();
  for (const merge::FieldConflict& conflict : conflicts) {
    apart.fields.set(conflict.field, conflict.ours);
    apart.base.set(conflict.field, conflict.base);
    intent.fields.erase(conflict.field);
    intent.base.erase(conflict.field);
  }
  TRY(context.work.split_off(intent, apart));
  return true;
}

}  // namespace fieldsync::sync
