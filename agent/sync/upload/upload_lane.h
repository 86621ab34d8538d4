#pragma once

#include <functional>
#include <map>
#include <optional>

#include "platform/clock.h"
#include "platform/event_loop.h"

namespace fieldsync::sync {

/// The way up is shared by taking turns: side by side, parts would all be half done when the link
/// goes. The next part begins when the one before ended, when its bytes are with the system and it
/// was short (so that its answer is not waited for with an idle link), or when it stands still: its
/// connection may take seconds to notice that the link is back, a new one notices at once. Loop
/// thread only.
class UploadLane {
 public:
  UploadLane(platform::Clock& clock, platform::EventLoop& loop) : clock_(clock), loop_(loop) {}
  ~UploadLane();
  UploadLane(const UploadLane&) = delete;
  UploadLane& operator=(const UploadLane&) = delete;

  enum class Pass : std::uint64_t {};
  using Go = std::function<void(Pass)>;
  using Left = std::function<void()>;
  /// Calls `go` when it is one's turn, at once when the lane is free; the smallest rank is next.
  /// `left` is called when the lane is given on, before the next in line is chosen, so that the
  /// same upload can line up again.
  void enter(std::int64_t rank, Go go, Left left);
  /// Bytes have moved.
  void moved(Pass pass);
  /// The network is another one: a part that stands still for long may be on a connection of the
  /// one before, and lets the next one in.
  void network_changed();
  /// The bytes are with the system, or the part ended. Does nothing when the turn is over already.
  void leave(Pass pass);

 private:
  struct Waiting {
    Go go;
    Left left;
  };
  void let_next_in();
  void watch();

  platform::Clock& clock_;
  platform::EventLoop& loop_;
  std::multimap<std::int64_t, Waiting> waiting_;
  std::uint64_t last_ = 0;
  std::optional<Pass> inside_;
  Left left_;
  base::Instant moved_at_{};
  std::optional<platform::TimerId> timer_;
};

}  // namespace fieldsync::sync
