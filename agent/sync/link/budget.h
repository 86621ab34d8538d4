#pragma once

#include <optional>
#include <string>

#include "net/rate_gate.h"

namespace fieldsync::sync {

/// The service's hourly request budget as far as it was told.
struct HourBudget {
  int limit = 0;
  int remaining = 0;
  base::WallTime resets_at{};  ///< after now
};

/// Nothing before the service told its limit: its headers speak of the hour only when that is
/// nearer to its end than the 10 s are (facts/procore-api.md 3).
std::optional<HourBudget> hour_budget(const net::RateGate& gate, base::WallTime now);

/// Whether `hour` is worth writing down where `kept` was: another limit or hour, or a fortieth of
/// the limit less.
bool is_news(const HourBudget& hour, const std::optional<HourBudget>& kept);
/// One line that `hour_from` reads back; nothing is learnt from a line that is none.
std::string to_text(const HourBudget& hour);
std::optional<HourBudget> hour_from(const std::string& text);

/// Of the calls that remain, how many photos and looks leave to people's edits and to news of
/// drawings. What they may need until the hour begins anew shrinks with the time to it, so that at
/// its end nothing was kept in vain. Pure.
int kept_for_people(const HourBudget& hour, base::WallTime now);

}  // namespace fieldsync::sync
