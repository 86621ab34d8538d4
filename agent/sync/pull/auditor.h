#pragma once

#include "agent/sync/remote/context.h"

namespace fieldsync::sync {

/// Compares the mirror with the service beyond what lists of changes tell, with calls nobody else
/// needs: all ids of a tool once a day (a missed window, a deletion), all its fields once a week (a
/// stamp that was not changed), and record by record what only a look at each shows (a reply need
/// not change its RFI's stamp, facts/procore-api.md 5.3). What differs is taken in as any other
/// observation. Loop thread only.
class Auditor {
 public:
  explicit Auditor(Context& context) : context_(context) {}

  /// What the tool's next round should be.
  net::Sweep due_round(const storage::ToolState& state) const;
  /// Records to look at again now, the longest unseen first: about tuning::kAuditShows in
  /// tuning::kAuditPause.
  base::Result<std::vector<storage::RecordKey>> due_shows();

 private:
  base::Result<> fill_batch(base::WallTime before);
  /// Half of the hour's calls stay for people.
  bool budget_is_left() const;

  Context& context_;
  std::vector<storage::RecordKey> batch_;
  base::WallTime batch_at_{};
};

}  // namespace fieldsync::sync
