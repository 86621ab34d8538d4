#pragma once

#include <set>

#include "agent/sync/link/data_plan.h"
#include "platform/base/log.h"
#include "platform/clock.h"
#include "storage/work_store.h"

namespace fieldsync::sync {

/// The data plan as it stands on this machine: the network of now, the bytes of today, and the acts
/// a person wants sent now whatever the plan says. What it counts and those acts are kept in
/// work.db. Shared by all remotes. Loop thread only.
class DataMeter {
 public:
  /// `clock` is the one people read: hours and days are theirs.
  DataMeter(const platform::Clock& clock, base::Log& log, storage::WorkStore& work, DataPlan plan);

  /// The way out leads over another network now, or may do so.
  void network_is(const platform::NetworkState& network);
  const platform::NetworkState& network() const { return network_; }
  Cost cost() const { return cost_of(plan_, network_); }
  const DataPlan& plan() const { return plan_; }
  /// Of today.
  DataUse use() const;
  base::WallTime now() const { return clock_.wall(); }
  int utc_offset_minutes() const { return clock_.utc_offset_minutes(clock_.wall()); }

  /// So many bytes crossed, both ways. Written down when they have become many.
  void crossed(base::ByteCount bytes);
  /// Nothing is under way: fewer are worth it.
  void at_rest();

  DataVerdict files() const;
  /// Whether files of the act may leave now.
  bool may_send(base::IntentId act) const;

  /// A person wants the act sent now. limit_reached past tuning::kUrgentMax of them.
  base::Result<> send_now(base::IntentId act);
  bool is_urgent(base::IntentId act) const { return urgent_.count(act) != 0; }
  const std::set<base::IntentId>& urgent() const { return urgent_; }
  /// The act is not open any more. Does nothing for one that was not urgent.
  base::Result<> ended(base::IntentId act);

 private:
  void keep();
  base::Result<> save_urgent(const std::set<base::IntentId>& urgent);

  const platform::Clock& clock_;
  base::Log& log_;
  storage::WorkStore& work_;
  DataPlan plan_;
  platform::NetworkState network_;
  DataUse use_;
  base::ByteCount not_kept_ = 0;
  std::set<base::IntentId> urgent_;
};

}  // namespace fieldsync::sync
