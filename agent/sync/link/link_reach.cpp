#include "agent/sync/link/link_reach.h"

#include <algorithm>

#include "agent/sync/link/tuning.h"

namespace fieldsync::sync {

using base::ByteCount;

LinkReach::Verdict LinkReach::cut(base::IntentId intent, ByteCount size, ByteCount sent,
                                  Known known) {
  if (sent < tuning::kCarriedMin) return Verdict::try_again;
  if (cuts_.size() >= tuning::kCutActsMax && !cuts_.contains(intent)) cuts_.clear();
  Cuts& cuts = cuts_[intent];
  ++cuts.in_a_row;
  cuts.furthest = std::max(cuts.furthest, sent);
  const bool others_say_so = reach_ > 0 && size > reach_;
  const int enough = known == Known::suspected || others_say_so ? 1 : tuning::kCutsUntilTooLong;
  // All of it left and the answer was lost: that is no matter of its length.
  if (cuts.in_a_row < enough || cuts.furthest >= size) return Verdict::try_again;
  reach_ = cuts.furthest;
  cuts.in_a_row = 0;
  return Verdict::too_long;
}

void LinkReach::arrived(base::IntentId intent, ByteCount size) {
  const auto found = cuts_.find(intent);
  // A shorter part than the one that was cut says nothing of it.
  if (found != cuts_.end() && size > found->second.furthest) cuts_.erase(found);
  if (size > reach_) reach_ = 0;
}

base::Millis LinkReach::wait(base::IntentId intent) {
  int& waits = cuts_[intent].waits;
  const base::Millis wait = vain_wait(waits);
  waits = std::min(waits + 1, tuning::kTooLongDoublingsMax);
  return wait;
}

base::Millis vain_wait(int waits) {
  const int doublings = std::clamp(waits, 0, tuning::kTooLongDoublingsMax);
  return std::min(tuning::kTooLongWaitMin * (1 << doublings), tuning::kTooLongWaitMax);
}

}  // namespace fieldsync::sync
