#pragma once

#include "agent/sync/local/view.h"
#include "agent/sync/remote/remote.h"

namespace fieldsync::sync {

/// Why something is where it is: for every intent and every record there is an answer (promise P6).
struct Explanation {
  base::Cause cause = base::Cause::none;
  std::string evidence;
  std::optional<base::WallTime> next_attempt;  ///< nothing: no attempt is planned without an event
  int attempts = 0;
};

/// Of an open intent. What is stored with it wins; what is true of the whole remote (no link, no
/// login, budget used up) is looked up now. What is under way is not kept back by the data plan or
/// by calls that are kept.
enum class Going { not_yet, under_way };
Explanation explain(const storage::Intent& intent, const Remote& remote, base::WallTime now,
                    Going going = Going::not_yet);
/// The tool's state as it is for people now: a round that is due and cannot begin, since the link,
/// the login or the budget holds it up, has that for its cause.
storage::ToolState as_held_up(storage::ToolState tool, const Remote& remote, base::WallTime now);
/// Of a record without open intents: since when it is so, and its latest receipt if it has one.
Explanation explain(const ViewRecord& record, const std::optional<storage::ToolState>& tool,
                    const std::optional<storage::Receipt>& receipt);
/// Of this machine's clock, which the service's is `ahead` of: clock_wrong or none.
Explanation explain_clock(base::Millis ahead);
base::Document to_document(const Explanation& explanation);

}  // namespace fieldsync::sync
