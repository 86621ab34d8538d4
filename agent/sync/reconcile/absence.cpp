#include "agent/sync/reconcile/absence.h"

#include <algorithm>

#include "agent/sync/reconcile/binding.h"
#include "agent/sync/reconcile/tuning.h"
#include "agent/sync/remote/remote.h"

namespace fieldsync::sync {

using base::Cause;
using base::Done;
using base::Result;
using storage::Intent;
using storage::IntentState;

std::int64_t believable(std::int64_t known) {
  return std::max(tuning::kGoneAtOnceMin, known / tuning::kGoneShare);
}

std::string rights_of(const Remote& remote, const base::ProjectId& project, std::string_view tool) {
  const auto rights = remote.rights.find(project);
  if (rights == remote.rights.end()) return std::string(kRightsUnknown);
  const auto found = rights->second.tools.find(std::string(tool));
  if (found == rights->second.tools.end()) return "not listed";
  const net::ToolPermission& permission = found->second;
  std::string text = "level " + std::to_string(static_cast<int>(permission.level)) +
                     (permission.enabled ? "" : " off");
  std::vector<std::string> actions = permission.actions;
  std::sort(actions.begin(), actions.end());
  for (const std::string& action : actions) text += " " + action;
  return text;
}

Result<> take_back(Context& context, std::vector<Intent> held,
                   const std::optional<storage::MirrorRecord>& seen) {
  const bool was_absent = seen && seen->presence != storage::Presence::present;
  std::vector<Intent> back;
  for (Intent& intent : held) {
    const bool returns = intent.cause == Cause::record_gone ||
                         (intent.cause == Cause::permission_missing && was_absent);
    if (intent.state != IntentState::held || !returns) continue;
    intent.state = storage::resumed_state(intent);
    intent.cause = Cause::none;
    intent.evidence = "the record is back";
    intent.attempts = 0;
    intent.next_attempt = {};
    intent.changed_at = context.now();
    back.push_back(std::move(intent));
  }
  return back.empty() ? Result<>(Done{}) : context.work.change(std::move(back));
}

Result<> take_back(Context& context, const base::ProjectId& project, const base::KindId& kind,
                   std::vector<base::ServiceId> ids) {
  TRY_ASSIGN(const auto items, context.work.items_with_open_intents(project, kind));
  if (items.empty()) return Done{};
  std::sort(ids.begin(), ids.end());
  for (const base::RecordId& item : items) {
    TRY_ASSIGN(const auto id, service_id(context.work, item));
    if (!id || !std::binary_search(ids.begin(), ids.end(), *id)) continue;
    TRY_ASSIGN(auto intents, context.work.open_intents_of(item));
    TRY_ASSIGN(const auto seen, context.mirror.record({context.remote.name, project, kind, *id}));
    TRY(take_back(context, std::move(intents), seen));
  }
  return Done{};
}

}  // namespace fieldsync::sync
