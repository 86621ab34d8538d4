#pragma once

#include "agent/sync/context.h"

namespace fieldsync::sync {

/// Reads who this login is and what it may do in a project (facts/procore-api.md 13). Loop thread.
class RightsReader {
 public:
  explicit RightsReader(Context& context)
      : context_(context), random_(context.host.random.fork()) {}

  void read(const base::ProjectId& project, StepDone done);
  /// Whether the rights of the project are unknown or old, and may be asked for now.
  bool wanted(const base::ProjectId& project) const;
  /// When a reading that failed may be repeated; nothing when none waits.
  std::optional<base::WallTime> retry_at() const;
  /// After a 403: they are read again before anything else.
  void doubt(const base::ProjectId& project);
  /// Why the last reading failed; nothing when it did not.
  const std::optional<base::Failure>& failure() const { return failure_; }

 private:
  void read_permissions(const base::ProjectId& project, StepDone done);
  void failed(const base::ProjectId& project, const base::Failure& failure);

  Context& context_;
  platform::Random random_;
  std::map<base::ProjectId, base::WallTime> not_before_;
  int attempts_ = 0;
  std::optional<base::Failure> failure_;
};

}  // namespace fieldsync::sync
