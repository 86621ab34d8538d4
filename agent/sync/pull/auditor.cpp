#include "agent/sync/pull/auditor.h"

#include <algorithm>

#include "agent/sync/pull/tuning.h"
#include "agent/sync/reconcile/absence.h"

namespace fieldsync::sync {

using base::Result;
using storage::RecordKey;

bool Auditor::budget_is_left() const {
  const auto hour = context_.remote.gate.hourly();
  return !hour || hour->remaining * 2 >= hour->limit;
}

net::Sweep Auditor::due_round(const storage::ToolState& state) const {
  const base::WallTime now = context_.now();
  if (!state.changes_until) return net::Sweep::everything;
  // What was hidden changed without being in any list of changes.
  const std::string rights = rights_of(context_.remote, state.project, state.tool);
  if (rights != kRightsUnknown && rights != state.read_under) return net::Sweep::everything;
  // Only after a round of changes, so that new records are known before old ones are missed.
  if (state.complete_as_of < state.swept_at) return net::Sweep::changes;
  const bool audit_is_due = !state.audited_at || *state.audited_at + tuning::kAuditInterval <= now;
  if (audit_is_due && budget_is_left()) return net::Sweep::everything;
  const bool sweep_is_due = !state.swept_at || *state.swept_at + tuning::kSweepInterval <= now;
  return sweep_is_due ? net::Sweep::ids : net::Sweep::changes;
}

Result<std::vector<RecordKey>> Auditor::due_shows() {
  const base::WallTime now = context_.now();
  if (batch_at_ > now) batch_at_ = now;  // the clock was set back
  if (batch_at_ + tuning::kAuditPause <= now) {
    batch_at_ = now;
    batch_.clear();
    if (budget_is_left()) TRY(fill_batch(now - tuning::kAuditAge));
  }
  std::vector<RecordKey> left;
  for (const RecordKey& key : batch_) {
    TRY_ASSIGN(const auto record, context_.mirror.record(key));
    const bool unseen =
        record && record->observed_at < batch_at_ && record->presence == storage::Presence::present;
    if (unseen) left.push_back(key);
  }
  batch_ = left;
  return left;
}

Result<> Auditor::fill_batch(base::WallTime before) {
  for (const kinds::KindDescriptor& kind : kinds::all_kinds()) {
    const base::KindId id{std::string(kind.id)};
    const int room = tuning::kAuditShows - static_cast<int>(batch_.size());
    if (room <= 0 || !context_.remote.service.needs_show(id)) continue;
    TRY_ASSIGN(const auto stale, context_.mirror.stalest(context_.remote.name, id, before, room));
    batch_.insert(batch_.end(), stale.begin(), stale.end());
  }
  return base::Done{};
}

}  // namespace fieldsync::sync
