#include "agent/sync/upload/upload_lane.h"

#include <algorithm>
#include <utility>

#include "agent/sync/upload/tuning.h"

namespace fieldsync::sync {

UploadLane::~UploadLane() {
  if (timer_) loop_.cancel(*timer_);
}

void UploadLane::enter(std::int64_t rank, Go go, Left left) {
  waiting_.emplace(rank, Waiting{std::move(go), std::move(left)});
  if (!inside_) return let_next_in();
  watch();
}

void UploadLane::moved(Pass pass) {
  if (inside_ == pass) moved_at_ = clock_.now();
}

void UploadLane::leave(Pass pass) {
  if (inside_ != pass) return;
  inside_.reset();
  // While it lines up again nobody else may slip in.
  if (const Left left = std::exchange(left_, nullptr)) left();
  if (!inside_) let_next_in();
}

void UploadLane::let_next_in() {
  if (waiting_.empty()) return;
  auto first = waiting_.extract(waiting_.begin());
  const Pass pass{++last_};
  inside_ = pass;
  left_ = std::move(first.mapped().left);
  moved_at_ = clock_.now();
  watch();
  first.mapped().go(pass);
}

void UploadLane::network_changed() {
  if (!inside_ || waiting_.empty()) return;
  if (clock_.now() - moved_at_ >= tuning::kLaneStillOnChange) leave(*inside_);
}

/// Only while somebody waits: an idle agent has no timer.
void UploadLane::watch() {
  if (timer_ || waiting_.empty()) return;
  timer_ = loop_.call_at(moved_at_ + tuning::kLaneStill, [this] {
    timer_.reset();
    if (!inside_ || waiting_.empty()) return;
    if (clock_.now() - moved_at_ >= tuning::kLaneStill) return leave(*inside_);
    watch();
  });
}

}  // namespace fieldsync::sync
