#pragma once

#include <optional>

#include "platform/base/types.h"
#include "platform/socket.h"

namespace fieldsync::net {

/// A file that is being sent makes way for the small requests of people: its bytes queue before the
/// link, and theirs would wait behind them, half a second each way on a weak one. While a small
/// request waits, the file is first slowed until that queue has drained, then kept just below the
/// link's rate so that it does not come back. Without a queue nothing is slowed. Pure.
class GiveWay {
 public:
  enum class Small { none, waits };
  /// What the file may be sent at from now on, in bytes a second; zero: as the system likes. To be
  /// asked every tuning::kSendQueueLook, and when a small request begins.
  double look(base::Instant now, const platform::Delivery& seen, Small small);

 private:
  double begin(base::Instant now, const platform::Delivery& seen);

  enum class Phase { free, draining, holding } phase_ = Phase::free;
  double rate_ = 0;                        ///< the link's, when its queue stood
  std::optional<base::Instant> began_at_;  ///< when it last made way
  base::Instant drained_at_{};             ///< when the queue is empty
  base::Instant asked_at_{};               ///< when a small request was last under way
};

}  // namespace fieldsync::net
