#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Why something is not where it should be. Every failure in the program carries one of these from
/// the first line on, so that "why" is a look-up and never a search through logs (promise P6).
namespace fieldsync::base {

enum class Cause {
  none,  ///< nothing is wrong
  // The link and the service.
  offline,
  link_too_short,
  captive_portal,
  tls_untrusted,
  timeout,
  rate_limited,
  service_busy,
  service_error,
  unexpected_answer,
  // The login.
  login_required,
  login_in_doubt,
  login_paused,
  app_not_installed,
  // What this login may do.
  permission_missing,
  tool_disabled,
  project_gone,
  project_not_shared,
  // The record.
  not_polled_yet,
  draft_not_submitted,
  field_required,
  field_invalid,
  processing_at_service,
  transition_refused,
  locked_by_workflow,
  conflict,
  record_gone,
  mass_vanishing,
  refused_by_service,
  not_read_back_yet,
  in_doubt,
  waiting_for_other,
  queued,
  held_by_person,
  // The file.
  file_empty,
  file_unreadable,
  file_growing,
  file_too_large,
  type_not_accepted,
  name_adjusted,
  upload_expired,
  data_plan,
  notes_not_complete,
  // This machine.
  disk_low,
  disk_error,
  work_damaged,
  mirror_damaged,
  newer_version,
  already_running,
  limit_reached,
  clock_wrong,
  // The person's input.
  bad_input,
  not_found,
  // Connected projects.
  connection_requested,
  connection_disconnected,
};

/// Who can make it go away.
enum class Owner { nobody, you, project_admin, company_admin, it, service };

struct CauseInfo {
  Cause cause;
  std::string_view id;        ///< stable; printed in JSON
  std::string_view heard;     ///< what people say when they meet it; its test is named so
  std::string_view sentence;  ///< what is so, for a person
  Owner owner;
  std::string_view next_step;  ///< what to do, for that owner
};

/// The row of `cause`. Total: every enumerator has one.
const CauseInfo& info(Cause cause);
std::string_view name(Owner owner);
/// The cause whose id is `id`, as stored in databases; nothing if this program does not know it.
std::optional<Cause> cause_from_id(std::string_view id);
/// Every row, in the order of the enumerators: for documentation and tests.
const std::vector<CauseInfo>& all_causes();

}  // namespace fieldsync::base
