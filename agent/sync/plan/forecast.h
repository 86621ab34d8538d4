#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/sync/link/budget.h"
#include "agent/sync/link/data_plan.h"
#include "agent/sync/link/link_model.h"

/// When what waits will have arrived, if the link, the budget and the network stay as they are.
/// Pure.
namespace fieldsync::sync {

/// One act that has not arrived yet.
struct Waiting {
  base::IntentId act;
  enum class What { edit, photo, video, file } what = What::edit;
  int files = 0;
  base::ByteCount bytes = 0;  ///< that still have to leave
  /// Whether the data plan may keep it back.
  enum class Plan { applies, overridden } plan = Plan::applies;
  base::WallTime not_before{};
};

/// What the forecast goes by. `now` is the agent's own time, to which the clock people read is
/// `clock_ahead` of.
struct Prospects {
  base::WallTime now{};
  base::Millis clock_ahead{0};
  int utc_offset_minutes = 0;
  LinkModel link;
  std::optional<HourBudget> hour;
  int calls_in_10_s = 0;  ///< 0: any number
  DataPlan plan;
  Cost cost = Cost::unknown;
  DataUse use;
};

struct Expected {
  base::IntentId act;
  Waiting::What what = Waiting::What::edit;
  int files = 0;
  base::ByteCount bytes = 0;
  /// Nothing: how fast files leave is not known yet, or they may not on this network.
  std::optional<base::WallTime> at;
};

/// Of each act, in the order given, which is the order in which they go.
std::vector<Expected> expect(const std::vector<Waiting>& in_order, const Prospects& prospects);

enum class Counted { all, not_all };
/// For people: "12 edits now, 40 photos (160 MB) by 16:40 if the link stays, 3 videos not today".
std::string to_words(const std::vector<Expected>& expected, const Prospects& prospects,
                     Counted counted);

}  // namespace fieldsync::sync
