#pragma once

#include "platform/base/result.h"
#include "platform/random.h"

namespace fieldsync::sync {

/// What is known of the way to the service. unproven: nothing was tried since the start. open: the
/// last exchange brought an answer. shut: it did not; one probe is let through at retry_at.
enum class LinkState { unproven, open, shut };

/// The breaker in front of the network: after a failure of the link, everything waits for one probe
/// with a growing, jittered pause; any answer opens it at once. Loop thread only.
class LinkSense {
 public:
  explicit LinkSense(platform::Random random) : random_(random) {}

  /// An answer of the service arrived. True when the link was shut before.
  bool answered();
  /// The probe was answered: the link opens, but its next failure goes on with the pauses so far,
  /// since only useful requests show that those get through. True when it was shut before.
  bool probed();
  /// No answer, or one that was not the service's (captive portal).
  void failed(const base::Failure& failure, base::WallTime now);
  /// A person said "try now", or the system says the link changed: the next probe may go at once.
  void try_now();

  LinkState state() const { return state_; }
  /// Whether a request may leave: always unless shut; when shut only as the probe, from retry_at
  /// on.
  bool may_send(base::WallTime now) const { return state_ != LinkState::shut || now >= retry_at_; }
  base::WallTime retry_at() const { return retry_at_; }
  /// When it last failed; long ago when it never did. What was seen before may have changed unseen.
  base::WallTime failed_at() const { return failed_at_; }
  /// Why it is shut.
  const base::Failure& failure() const { return failure_; }

 private:
  platform::Random random_;
  LinkState state_ = LinkState::unproven;
  int attempts_ = 0;
  base::WallTime retry_at_{};
  base::WallTime failed_at_{};
  base::Failure failure_{base::Cause::offline, "not tried yet"};
};

}  // namespace fieldsync::sync
