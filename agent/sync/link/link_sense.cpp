#include "agent/sync/link/link_sense.h"

#include "agent/sync/link/retry.h"

namespace fieldsync::sync {

bool LinkSense::answered() {
  attempts_ = 0;
  return probed();
}

bool LinkSense::probed() {
  const bool was_shut = state_ == LinkState::shut;
  state_ = LinkState::open;
  return was_shut;
}

void LinkSense::failed(const base::Failure& failure, base::WallTime now) {
  state_ = LinkState::shut;
  failure_ = failure;
  failed_at_ = now;
  retry_at_ = now + link_delay(attempts_, random_);
  ++attempts_;
}

void LinkSense::try_now() {
  retry_at_ = {};
  attempts_ = 0;
}

}  // namespace fieldsync::sync
