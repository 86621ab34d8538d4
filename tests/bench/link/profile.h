#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/base/types.h"
#include "tests/bench/link/lane.h"

namespace fieldsync::bench::link {

/// A link and what is sent over it. Rates are those of whole IP packets.
struct Profile {
  std::string name;
  double up_kbit = 0, down_kbit = 0;
  Seconds round_trip = 0;
  CutSchedule cuts;
  base::ByteCount reset_after = 0;

  std::vector<base::ByteCount> files;  ///< captured together
  double over_ideal_max = 0;           ///< of the upload; 0: told, not held against anything
  enum class Extra { none, note_in_the_middle, longer_and_killed, too_large_for_the_link };
  Extra extra = Extra::none;
};

/// All profiles, and what is only measured on one of them.
const std::vector<Profile>& all_profiles();
std::optional<Profile> find_profile(const std::string& name);

/// The least time in which one TCP stream in full packets (1,448 of 1,500 bytes are its own) can
/// carry the bytes up, cuts waited out, when it begins with the schedule.
Seconds ideal_time(const Profile& profile, base::ByteCount bytes);

}  // namespace fieldsync::bench::link
