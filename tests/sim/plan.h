#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/value.h"
#include "tests/sim/sim_link.h"

/// What happens in one world, drawn from its seed before anything runs, so that a failing world can
/// be made smaller step by step and fault by fault.
namespace fieldsync::sim {

/// Something a person, an office, a machine or an administrator does.
enum class Act {
  // People on site.
  note,
  twin_notes,
  rfi,
  rfi_with_file,
  photo,
  edit,
  edit_own,
  edit_again,
  reply,
  attach,
  remove_own,
  resolve,
  retry,
  sync,
  // The office.
  office_edit,
  office_clash,
  office_reply,
  office_note,
  office_rfi,
  office_photo,
  office_revision,
  office_close,
  office_delete,
  office_restore,
  office_private,
  // Rights and logins.
  level_down,
  level_up,
  tool_off,
  tool_on,
  member_out,
  member_in,
  expire_tokens,
  lose_upload,
  // Machines.
  kill,
  power_cut,
  suspend,
  clock_step,
  disk_full,
  disk_free,
  drop_mirror,
};
std::string_view name(Act act);

struct Step {
  base::Millis at{0};  ///< after the start of trouble
  Act act = Act::note;
  int device = 0;
  std::uint64_t seed = 0;  ///< of the step's own choices
  int number = 0;          ///< names its captures
};

/// Kinds of trouble that a world has or has not.
enum class Trouble {
  refused,
  lost_request,
  lost_answer,
  late_effect,
  cut_answer,
  repeated,
  server_error,
  error_after,
  too_many,
  unauthorized,
  login_page,
  stalled,
  slow,
  body_limit,
  flapping,
  crashes,
  sleeps,
  clock_steps,
  disk_full,
  disk_errors,
  mirror_loss,
  office,
  clashes,
  deletions,
  rights,
  logins,
  budget,
  slow_disk,
  time_zones,
  same_names,
  count,
};
std::string_view name(Trouble trouble);

/// Which mix worlds are drawn from. Swarm and the others follow every tool of the project; focus
/// worlds follow few, and brief ones see little done besides, so that many more can be run in the
/// same time.
enum class Profile { swarm, calm, link, crash, office, focus, brief };

struct Plan {
  std::uint64_t seed = 0;
  Profile profile = Profile::swarm;
  int devices = 1;
  std::vector<std::string> tools;  ///< that the devices follow
  std::vector<Trouble> troubles;
  std::vector<Step> steps;  ///< by time
  base::Millis span{0};     ///< how long trouble lasts

  bool has(Trouble trouble) const;
  bool follows(std::string_view tool) const;
  /// "seed 5: 2 devices, 14 steps, lost_answer slow crashes".
  std::string summary() const;
};

Plan make_plan(std::uint64_t seed, Profile profile);
/// What the plan's troubles do to the link of a device.
LinkFaults link_faults(const Plan& plan, int device);
/// Where a device is in a world with the trouble time_zones, and when summer time begins or ends
/// there.
struct Zone {
  int utc_offset = 0, utc_offset_later = 0;  ///< minutes
  base::Millis changes_after{0};             ///< the world's beginning
};
Zone zone_of(const Plan& plan, int device);
/// The longest that a sync of a slow disk takes in this world; 0 where disks are quick.
base::Millis slowest_sync(const Plan& plan);
/// How long a healed world may take until nothing waits: the longest waits that its troubles
/// and steps can have drawn, one after another.
base::Millis drain_bound(const Plan& plan);
/// Switches of the service that the plan's seed throws, by name.
base::Document service_settings(const Plan& plan);

}  // namespace fieldsync::sim
