#pragma once

#include <functional>
#include <map>
#include <set>

#include "agent/sync/remote/context.h"

namespace fieldsync::sync {

/// Records how an attempt at an intent ended when it did not end well: what state the intent is in
/// now, why, and when it is tried again. What a person did to it while the attempt was on its way
/// stays. Loop thread only.
class Outcomes {
 public:
  explicit Outcomes(Context& context) : context_(context), random_(context.host.random.fork()) {}

  /// Nothing can have taken effect: back into the queue, or held when the same would fail again.
  base::Result<> failed(const storage::Intent& attempted, const base::Failure& failure);
  /// It may have taken effect: in doubt, to be looked for before it is repeated.
  base::Result<> doubtful(const storage::Intent& attempted, const base::Failure& failure);
  /// A look at a delivery failed or did not show it yet; the state stays as it is.
  base::Result<> unproven(const storage::Intent& attempted, const base::Failure& failure);
  base::Result<> held(const storage::Intent& attempted, const base::Failure& failure);
  /// Held without asking the service: what is known of the rights says no.
  base::Result<> frozen(const storage::Intent& attempted, const base::Failure& failure);

  /// A look that is not even tried, since the project is closed to this login.
  base::Result<> sealed(const storage::Intent& attempted);

  /// Told of a project whose rights may be others than is known: something was refused there, or is
  /// out of sight.
  std::function<void(const base::ProjectId&)> on_rights_doubtful;

  /// It surely had no effect, and what stood against it is gone: it goes again at once.
  base::Result<> again_now(const storage::Intent& attempted, std::string why);

  /// The link works again: whatever waited for it is due at once.
  base::Result<> link_is_back();

 private:
  base::Result<std::optional<storage::Intent>> as_it_is(const storage::Intent& attempted);
  base::Result<> again_later(storage::Intent intent, const base::Failure& failure);
  base::Result<> hold(storage::Intent intent, const base::Failure& failure);
  Context& context_;
  platform::Random random_;
  std::set<base::IntentId> waiting_for_link_;
  /// Answers nobody could read, one after another since the start.
  std::map<base::IntentId, int> misread_;
};

/// Whether a write that failed so may have taken effect all the same.
bool may_have_taken_effect(base::Cause cause);

}  // namespace fieldsync::sync
