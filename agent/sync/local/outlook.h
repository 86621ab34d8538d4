#pragma once

#include "agent/sync/plan/forecast.h"
#include "agent/sync/remote/remote.h"
#include "storage/work_store.h"

namespace fieldsync::sync {

/// What waits for one remote, in the order in which it goes, and when it will have arrived.
struct Outlook {
  struct Act {
    storage::Intent intent;
    Waiting waiting;
    std::optional<base::WallTime> expected;
  };
  std::vector<Act> acts;           ///< what a person must decide first, and what is sent, left out
  Counted counted = Counted::all;  ///< not_all: more than tuning::kForecastActs are open
  std::string words;               ///< for people
  /// Until the last file has arrived; zero when none waits, nothing when it is not known.
  std::optional<base::Millis> files_in;
};

/// Reads the open acts, tuning::kForecastActs at most: a few milliseconds. `now` is the agent's own
/// time. Loop thread only.
base::Result<Outlook> look_ahead(const Remote& remote, storage::WorkStore& work,
                                 base::WallTime now);
/// The forecasts in it were given, to a person or to the agent itself: they will be held against
/// what happens.
void give(const Outlook& outlook, Remote& remote, base::WallTime now);

}  // namespace fieldsync::sync
