#pragma once

#include <mutex>

#include "platform/event_loop.h"

namespace fieldsync::app {

/// What a stop or a reload from another thread reaches: the loop once there is one, a mark before.
/// A stop wins over a reload. Any thread.
class StopSwitch {
 public:
  enum class Wish { none, reload, stop };

  void stop() { ask(Wish::stop); }
  void reload() { ask(Wish::reload); }
  /// Whether the loop may run; from then on a wish ends it.
  bool watch(platform::ThreadLoop& loop);
  void forget();
  /// What was asked for. A reload is taken, a stop stays.
  Wish take();

 private:
  void ask(Wish wish);

  std::mutex mutex_;
  Wish wish_ = Wish::none;
  platform::ThreadLoop* loop_ = nullptr;
};

}  // namespace fieldsync::app
