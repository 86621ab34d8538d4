#include "agent/sync/remote/outcomes.h"

#include "agent/sync/link/retry.h"
#include "agent/sync/plan/tuning.h"
#include "agent/sync/remote/rights.h"
#include "agent/sync/remote/tuning.h"

namespace fieldsync::sync {

using base::Cause;
using base::Failure;
using base::Result;
using storage::Intent;
using storage::IntentState;

bool may_have_taken_effect(Cause cause) {
  // 429 and refusals are said before anything is done; a 5xx, a cut or an answer nobody
  // understands may follow the effect (facts/procore-api.md 6.1).
  return cause == Cause::service_error || cause == Cause::service_busy ||
         cause == Cause::unexpected_answer || cause == Cause::captive_portal ||
         cause == Cause::timeout || cause == Cause::offline;
}

/// The row as it is now: a person may have edited, held or taken it back while the attempt was on
/// its way, and what they said must not be overwritten with what the attempt began with. Nothing
/// when there is nothing left to record.
Result<std::optional<Intent>> Outcomes::as_it_is(const Intent& attempted) {
  TRY_ASSIGN(auto row, context_.work.intent(attempted.id));
  const bool ended = !row || !storage::is_open(row->state) || row->state == IntentState::held;
  if (ended) return std::optional<Intent>{};
  row->sending_since = attempted.sending_since;
  row->result = attempted.result;
  return row;
}

Result<> Outcomes::failed(const Intent& attempted, const Failure& failure) {
  if (verdict_on(failure.cause) == Verdict::person) return held(attempted, failure);
  TRY_ASSIGN(auto intent, as_it_is(attempted));
  if (!intent) return base::Done{};
  intent->state = IntentState::queued;
  return again_later(std::move(*intent), failure);
}

Result<> Outcomes::doubtful(const Intent& attempted, const Failure& failure) {
  TRY_ASSIGN(auto intent, as_it_is(attempted));
  if (!intent) return base::Done{};
  intent->state = IntentState::in_doubt;
  intent->cause = Cause::in_doubt;
  intent->evidence = failure.what;
  ++intent->attempts;
  intent->next_attempt = context_.now() + tuning::kSettle;
  intent->changed_at = context_.now();
  return context_.work.update(*intent);
}

Result<> Outcomes::unproven(const Intent& attempted, const Failure& failure) {
  TRY_ASSIGN(auto intent, as_it_is(attempted));
  if (!intent) return base::Done{};
  return again_later(std::move(*intent), failure);
}

Result<> Outcomes::again_later(Intent intent, const Failure& failure) {
  intent.cause = failure.cause;
  intent.evidence = failure.what;
  const bool too_long = failure.cause == Cause::link_too_short;
  const bool link = waits_for_link(context_.remote, failure) && !too_long;
  // Only answers count: a link that comes and goes says nothing about the intent.
  if (!link && !too_long) ++intent.attempts;
  if (failure.cause != Cause::unexpected_answer) {
    misread_.erase(intent.id);
  } else if (++misread_[intent.id] >= tuning::kUnexpectedMax &&
             intent.state == IntentState::queued) {
    // Only what surely had no effect may be held: a doubt stays a doubt until a look ends it.
    misread_.erase(intent.id);
    return hold(std::move(intent), failure);
  }
  intent.next_attempt = context_.now() + retry_delay(failure, intent.attempts, random_);
  if (link) waiting_for_link_.insert(intent.id);
  context_.log.info("intent.again", {{"intent", intent.id.raw()},
                                     {"cause", base::info(failure.cause).id},
                                     {"why", failure.what}});
  return context_.work.update(intent);
}

Result<> Outcomes::held(const Intent& attempted, const Failure& failure) {
  if (is_about_rights(failure.cause) && on_rights_doubtful) on_rights_doubtful(attempted.project);
  return frozen(attempted, failure);
}

Result<> Outcomes::frozen(const Intent& attempted, const Failure& failure) {
  TRY_ASSIGN(auto intent, as_it_is(attempted));
  if (!intent) return base::Done{};
  return hold(std::move(*intent), failure);
}

Result<> Outcomes::sealed(const Intent& attempted) {
  TRY_ASSIGN(auto intent, as_it_is(attempted));
  if (!intent) return base::Done{};
  const auto& closed = context_.remote.rights[intent->project].closed;
  FS_CHECK(closed);
  intent->cause = closed->cause;
  intent->evidence = closed->what;
  intent->next_attempt = context_.now() + tuning::kPermissionsInterval;
  return context_.work.update(*intent);
}

Result<> Outcomes::again_now(const Intent& attempted, std::string why) {
  TRY_ASSIGN(auto intent, as_it_is(attempted));
  if (!intent) return base::Done{};
  intent->state = IntentState::queued;
  intent->cause = Cause::none;
  intent->evidence = std::move(why);
  intent->next_attempt = {};
  intent->changed_at = context_.now();
  return context_.work.update(*intent);
}

Result<> Outcomes::hold(Intent intent, const Failure& failure) {
  intent.state = IntentState::held;
  intent.cause = failure.cause;
  intent.evidence = failure.what;
  intent.changed_at = context_.now();
  context_.log.warning("intent.held", {{"intent", intent.id.raw()},
                                       {"cause", base::info(failure.cause).id},
                                       {"why", failure.what}});
  return context_.work.update_and_release(intent);
}

Result<> Outcomes::link_is_back() {
  for (const base::IntentId id : waiting_for_link_) {
    TRY_ASSIGN(auto intent, context_.work.intent(id));
    if (!intent || !storage::is_open(intent->state)) continue;
    if (verdict_on(intent->cause) != Verdict::link) continue;
    if (intent->cause == Cause::link_too_short) continue;  // the same link, as short as it was
    intent->next_attempt = {};
    TRY(context_.work.update(*intent));
  }
  waiting_for_link_.clear();
  return base::Done{};
}

}  // namespace fieldsync::sync
