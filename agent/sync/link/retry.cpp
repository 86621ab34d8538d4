#include "agent/sync/link/retry.h"

#include <algorithm>

#include "agent/sync/link/tuning.h"

namespace fieldsync::sync {

using base::Cause;
using base::Millis;

Verdict verdict_on(Cause cause) {
  switch (cause) {
    case Cause::offline:
    case Cause::link_too_short:
    case Cause::captive_portal:
    case Cause::tls_untrusted:
    case Cause::timeout:
      return Verdict::link;
    case Cause::rate_limited:
    case Cause::service_busy:
    case Cause::service_error:
    case Cause::unexpected_answer:
    case Cause::processing_at_service:
    case Cause::not_read_back_yet:
    case Cause::in_doubt:
    case Cause::waiting_for_other:
    case Cause::queued:
    case Cause::not_polled_yet:
    case Cause::upload_expired:
    case Cause::data_plan:
    case Cause::notes_not_complete:
    case Cause::disk_low:
    case Cause::disk_error:
    case Cause::mirror_damaged:
    case Cause::already_running:
    case Cause::limit_reached:
      return Verdict::later;
    case Cause::login_required:
    case Cause::login_in_doubt:
    case Cause::login_paused:
      return Verdict::login;
    case Cause::none:
    case Cause::app_not_installed:
    case Cause::permission_missing:
    case Cause::tool_disabled:
    case Cause::project_gone:
    case Cause::project_not_shared:
    case Cause::draft_not_submitted:
    case Cause::field_required:
    case Cause::field_invalid:
    case Cause::transition_refused:
    case Cause::locked_by_workflow:
    case Cause::conflict:
    case Cause::record_gone:
    case Cause::mass_vanishing:
    case Cause::refused_by_service:
    case Cause::held_by_person:
    case Cause::file_empty:
    case Cause::file_unreadable:
    case Cause::file_growing:
    case Cause::file_too_large:
    case Cause::type_not_accepted:
    case Cause::name_adjusted:
    case Cause::work_damaged:
    case Cause::newer_version:
    case Cause::clock_wrong:
    case Cause::bad_input:
    case Cause::not_found:
    case Cause::connection_requested:
    case Cause::connection_disconnected:
      return Verdict::person;
  }
  FS_CHECK(false);
}

namespace {

Millis jittered(Millis low, Millis high, int attempts, platform::Random& random) {
  const int doublings = std::clamp(attempts, 0, tuning::kRetryDoublingsMax);
  const Millis span = std::min(high, low * (std::int64_t{1} << doublings));
  return low + Millis{random.between(0, (span - low).count())};
}

}  // namespace

Millis retry_delay(const base::Failure& failure, int attempts, platform::Random& random) {
  if (failure.wait_asked) return std::max(*failure.wait_asked, tuning::kRetryMin);
  return jittered(tuning::kRetryMin, tuning::kRetryMax, attempts, random);
}

Millis link_delay(int attempts, platform::Random& random) {
  return jittered(tuning::kLinkRetryMin, tuning::kLinkRetryMax, attempts, random);
}

}  // namespace fieldsync::sync
