#include "agent/app/stop_switch.h"

namespace fieldsync::app {

void StopSwitch::ask(Wish wish) {
  const std::lock_guard hold(mutex_);
  if (wish_ != Wish::stop) wish_ = wish;
  if (loop_) loop_->stop();
}

bool StopSwitch::watch(platform::ThreadLoop& loop) {
  const std::lock_guard hold(mutex_);
  loop_ = &loop;
  return wish_ == Wish::none;
}

void StopSwitch::forget() {
  const std::lock_guard hold(mutex_);
  loop_ = nullptr;
}

StopSwitch::Wish StopSwitch::take() {
  const std::lock_guard hold(mutex_);
  const Wish wish = wish_;
  if (wish == Wish::reload) wish_ = Wish::none;
  return wish;
}

}  // namespace fieldsync::app
