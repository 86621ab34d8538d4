#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "platform/base/types.h"

namespace fieldsync::trial {

/// What happens in a storm. What lasts has its end as an event of its own.
enum class Weather {
  // A person on site captures.
  note,
  photo,
  rfi,
  reply,
  edit,
  // The office works at the service.
  office,
  // Trouble.
  link_down,
  link_up,
  lost_answers,   ///< the next `amount` writes take effect, their answers are lost
  overloaded,     ///< the next `amount` requests are answered 503
  too_many,       ///< the next `amount` requests are answered 429, come back in a second
  login_page,     ///< the next `amount` requests meet a portal's page with status 200
  cut_upload,     ///< the next upload's connection ends after `amount` bytes
  token_expired,  ///< the service no longer knows any token it gave
  power_off,      ///< the agent is killed as it stands
  power_on,
};
std::string_view name(Weather what);
/// Trouble and its ends, as against what people do.
bool is_trouble(Weather what);

struct StormEvent {
  base::Millis at{0};  ///< after the storm's begin
  Weather what = Weather::note;
  std::int64_t amount = 0;  ///< of requests or bytes, see Weather; 0 where there is none

  bool operator==(const StormEvent&) const = default;
};

/// Events by time. Each link_down and power_off is followed by its end before `span` is over, and
/// the two never overlap with their own kind. Pure: one seed and one span give one storm.
std::vector<StormEvent> make_storm(std::uint64_t seed, base::Millis span);

}  // namespace fieldsync::trial
