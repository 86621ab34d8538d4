#pragma once

#include "agent/merge/three_way.h"
#include "agent/sync/pull/puller.h"
#include "agent/sync/push/finder.h"
#include "agent/sync/reconcile/deliveries.h"

namespace fieldsync::sync {

/// Carries one intent to the service: sends it and reads it back; where the answer was lost the
/// Finder looks for it in between. Every outcome is one transaction; a crash between any two leaves
/// a state that the next plan goes on from. Loop thread only.
class Pusher {
 public:
  Pusher(Context& context, Puller& puller, Deliveries& deliveries, Outcomes& outcomes,
         Finder& finder)
      : context_(context),
        puller_(puller),
        deliveries_(deliveries),
        outcomes_(outcomes),
        finder_(finder) {}

  /// Sends a queued intent. It is marked `sending`, durably, before the request leaves.
  void push(base::IntentId id, StepDone done);
  /// Reads the record of a sent intent back.
  void prove(base::IntentId id, StepDone done);

 private:
  /// What the reconciler's table says of the act now. False when nothing is to be sent: what became
  /// of the act is recorded and `done` called.
  base::Result<bool> reconcile(storage::Intent& intent, net::PushOp& op, const StepDone& done);
  void send(const storage::Intent& intent, const net::PushOp& op, const StepDone& done);
  /// What is left to send of an edit after a merge with the service's state. A conflict holds its
  /// own fields; false when nothing else is left.
  base::Result<bool> merge_edit(storage::Intent& intent, net::PushOp& op, const StepDone& done);
  /// Fields this login may not write become a held act of their own; false when nothing is left.
  base::Result<bool> keep_withheld(storage::Intent& intent, const StepDone& done);
  base::Result<> put_back(storage::Intent& intent, const std::vector<std::string>& withheld);
  void pushed(storage::Intent intent, const net::PushOp& op, std::optional<base::WallTime> left_at,
              net::HttpOutcome outcome, const StepDone& done);
  base::Result<> refused(const storage::Intent& intent, const base::Failure& failure);
  base::Result<> prove_removal(storage::Intent intent);
  base::Result<> still_there(const storage::Intent& intent);
  /// Its request left at `left_at` and may have taken effect; its end came after `took`.
  base::Result<> in_doubt_since(storage::Intent intent, base::WallTime left_at, base::Millis took,
                                const base::Failure& failure);
  /// The service answered with what it made.
  base::Result<> made(storage::Intent intent, const base::ServiceId& id);

  Context& context_;
  Puller& puller_;
  Deliveries& deliveries_;
  Outcomes& outcomes_;
  Finder& finder_;
};

}  // namespace fieldsync::sync
