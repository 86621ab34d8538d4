#pragma once

#include <set>

#include "agent/sync/remote/context.h"

namespace fieldsync::sync {

/// Whether a cause is about what this login may do: held work of that cause goes on when the right
/// is back.
bool is_about_rights(base::Cause cause);

/// The tool an act belongs to; "" for a kind this program does not know.
std::string_view tool_of(const storage::Intent& intent);

/// Why this login may not write in the tool of the project, as last read: tool and level needed are
/// named. Nothing when it may, or when the tool is unknown (the service decides then).
std::optional<base::Failure> refusal(const Remote& remote, const base::ProjectId& project,
                                     std::string_view tool);

/// Whether the project is closed to this login, as last read: nothing of it is tried then, and what
/// is unsent is kept until it is open again.
bool is_sealed(const Remote& remote, const base::ProjectId& project);

/// Reads who this login is and what it may do in a project (facts/procore-api.md 13). What was held
/// for lack of a right goes on by itself when the right is back. Loop thread.
class RightsReader {
 public:
  explicit RightsReader(Context& context)
      : context_(context), random_(context.host.random.fork()) {}

  void read(const base::ProjectId& project, StepDone done);
  /// Whether the rights of the project are unknown or old, and may be asked for now.
  bool wanted(const base::ProjectId& project) const;
  /// When a reading that failed may be repeated, or that of a closed project is due; nothing when
  /// none waits.
  std::optional<base::WallTime> retry_at() const;
  /// After a 403: they are read again before anything else.
  void doubt(const base::ProjectId& project);
  /// A person wants everything tried now.
  void doubt_all();

 private:
  void read_permissions(const base::ProjectId& project, StepDone done);
  void failed(const base::ProjectId& project, const base::Failure& failure);
  base::Failure closed(const base::ProjectId& project, const std::string& words);
  /// Takes new rights in and releases what they make possible.
  base::Result<> take(const base::ProjectId& project, ProjectRights rights);
  void keep(const base::ProjectId& project, ProjectRights rights);
  base::Result<> release(const base::ProjectId& project, const std::set<std::string>& restored);

  Context& context_;
  platform::Random random_;
  /// How often an act went again though no reading showed that a right had come back.
  std::map<base::IntentId, int> again_;
};

}  // namespace fieldsync::sync
