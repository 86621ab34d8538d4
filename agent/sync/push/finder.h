#pragma once

#include "agent/sync/pull/puller.h"
#include "agent/sync/reconcile/deliveries.h"

namespace fieldsync::sync {

/// Finds out what became of a write whose answer was lost, before it is repeated (promise P2):
/// among what this machine's people made of late, or at the record it was about. Loop thread only.
class Finder {
 public:
  Finder(Context& context, Puller& puller, Deliveries& deliveries, Outcomes& outcomes)
      : context_(context),
        puller_(puller),
        deliveries_(deliveries),
        outcomes_(outcomes),
        random_(context.host.random.fork()) {}

  /// Of an intent in doubt; back to the queue only after a complete look without it.
  void look_up(base::IntentId id, StepDone done);

  /// It is at the service, as `id`: what is left is to prove it.
  base::Result<> found(storage::Intent intent, const base::ServiceId& id);
  /// It is not: back to the queue.
  base::Result<> not_found(storage::Intent intent);
  /// The service does not show the record to this login: no more is known than after one list
  /// without it.
  base::Result<> mark_missing(const storage::Intent& intent);

 private:
  void look_in_lists(storage::Intent intent, net::LookUp look, std::vector<base::ServiceId> senders,
                     StepDone done);
  /// Gets how many pages followed the first.
  using NotThere = std::function<void(const storage::Intent&, int)>;
  void look_in_list(storage::Intent intent, net::LookUp look, int pages, NotThere not_there,
                    StepDone done);
  void look_at_record(storage::Intent intent, StepDone done);
  base::Result<> look_failed(const storage::Intent& intent, const base::Failure& failure);

  Context& context_;
  Puller& puller_;
  Deliveries& deliveries_;
  Outcomes& outcomes_;
  platform::Random random_;
};

}  // namespace fieldsync::sync
