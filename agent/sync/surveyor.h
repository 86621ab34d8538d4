#pragma once

#include "agent/sync/auditor.h"
#include "agent/sync/context.h"
#include "agent/sync/planner.h"
#include "agent/sync/rights.h"

namespace fieldsync::sync {

/// Gathers from the stores what the next plan has to know; bounded, whatever the queue's length.
/// Loop thread only.
class Surveyor {
 public:
  Surveyor(Context& context, const RightsReader& rights)
      : context_(context), rights_(rights), auditor_(context) {}

  /// Everything but what is in flight, which the engine adds.
  base::Result<Situation> survey();
  /// A round that a person asked for is due at once; `sweep` may ask for more than changes.
  base::Result<> ask_for_rounds(net::Sweep sweep);
  /// The full look at this record failed: not planned again before `at`.
  void hold_back_show(const storage::RecordKey& key, base::WallTime at);

 private:
  base::Result<> survey_tools(Situation& situation);
  base::Result<> survey_intents(Situation& situation);
  base::Result<> survey_reading(Situation& situation);
  base::Result<IntentFacts> facts_of(storage::Intent intent, const Situation& situation);
  base::Result<bool> is_barred(const storage::Intent& intent);
  base::Result<IntentFacts::Sight> sight_of(const storage::Intent& intent, const ToolFacts* tool);

  Context& context_;
  const RightsReader& rights_;
  Auditor auditor_;
  std::map<storage::RecordKey, base::WallTime> shows_held_back_;
};

}  // namespace fieldsync::sync
