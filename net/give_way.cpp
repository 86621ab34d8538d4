#include "net/give_way.h"

#include "net/tuning.h"
#include "platform/base/check.h"

namespace fieldsync::net {

using base::Instant;
using base::Millis;

double GiveWay::look(Instant now, const platform::Delivery& seen, Small small) {
  if (small == Small::waits) asked_at_ = now;
  // A service that thinks for long must not hold a file back, nor one small request after another.
  const bool was_long = began_at_ && now - *began_at_ >= tuning::kGiveWayMax;
  const bool is_over = was_long || now - asked_at_ >= tuning::kGiveWayAfter;
  switch (phase_) {
    case Phase::free:
      return small == Small::waits && (was_long || !began_at_) ? begin(now, seen) : 0;
    case Phase::draining:
      if (!is_over && now < drained_at_) return rate_ * tuning::kDrainShare;
      phase_ = Phase::holding;
      [[fallthrough]];
    case Phase::holding:
      if (!is_over) return rate_ * tuning::kHoldShare;
      phase_ = Phase::free;
      return 0;
  }
  FS_CHECK(false);
}

double GiveWay::begin(Instant now, const platform::Delivery& seen) {
  const double queue = seen.round_trip_now_seconds - seen.round_trip_seconds;
  const auto drains_in = Millis{static_cast<std::int64_t>(queue * 1e3 / (1 - tuning::kDrainShare))};
  if (drains_in < tuning::kQueueWorthDraining || seen.bytes_per_second <= 0) return 0;
  phase_ = Phase::draining;
  rate_ = seen.bytes_per_second;
  began_at_ = now;
  drained_at_ = now + drains_in;
  return rate_ * tuning::kDrainShare;
}

}  // namespace fieldsync::net
