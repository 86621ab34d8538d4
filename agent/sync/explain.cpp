#include "agent/sync/explain.h"

#include "agent/sync/planner.h"
#include "agent/sync/retry.h"
#include "agent/sync/rights.h"
#include "agent/sync/tuning.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::Cause;
using storage::Intent;
using storage::IntentState;

namespace {

/// What holds up everything of the remote; Cause::none when nothing does.
Explanation of_remote(const Remote& remote, base::WallTime now) {
  Explanation why;
  if (const auto problem = remote.tokens.problem()) {
    why.cause = problem->cause;
    why.evidence = problem->what;
    // Only a doubt is cured by asking again.
    if (why.cause == Cause::login_in_doubt) {
      why.next_attempt = std::max(now, remote.link.retry_at());
    }
    return why;
  }
  if (remote.link.state() == LinkState::shut) {
    why.cause = remote.link.failure().cause;
    why.evidence = remote.link.failure().what;
    why.next_attempt = remote.link.retry_at();
    return why;
  }
  const net::RateGate::Hold hold = remote.gate.hold(now);
  if (hold.until > now) {
    why.cause = Cause::rate_limited;
    why.evidence = net::text_of(remote.gate, hold.reason) + "; requests go again at " +
                   base::to_iso_seconds(hold.until);
    why.next_attempt = hold.until;
  }
  return why;
}

/// What holds up the place where the intent would go next; Cause::none when nothing does.
Explanation of_place(const Intent& intent, const Remote& remote, base::WallTime now) {
  Explanation why;
  const auto trouble = remote.rights_trouble.find(intent.project);
  if (trouble != remote.rights_trouble.end() && remote.rights.count(intent.project) == 0) {
    why.cause = trouble->second.failure.cause;
    why.evidence = trouble->second.failure.what;
    why.next_attempt = std::max(now, trouble->second.retry_at);
    return why;
  }
  const Breakers::Shut* shut = remote.breakers.find(endpoint_of(intent));
  if (!shut && !intent.attachments.empty() && intent.state == IntentState::queued) {
    shut = remote.breakers.find(kUploadEndpoint);
  }
  if (shut && shut->retry_at > now) {
    why.cause = shut->failure.cause;
    why.evidence = shut->failure.what + "; " + std::to_string(shut->failures) +
                   " failures in a row there, of this act or others like it";
    why.next_attempt = shut->retry_at;
  }
  return why;
}

}  // namespace

Explanation explain(const Intent& intent, const Remote& remote, base::WallTime now) {
  Explanation why{intent.cause, intent.evidence, std::nullopt, intent.attempts};
  switch (intent.state) {
    case IntentState::delivered:
    case IntentState::cancelled:
    case IntentState::held:
      return why;
    case IntentState::waiting:
      why.cause = Cause::waiting_for_other;
      if (intent.depends_on) {
        why.evidence = "waits for act " + std::to_string(intent.depends_on->raw());
      }
      return why;
    case IntentState::queued:
    case IntentState::sending:
    case IntentState::in_doubt:
    case IntentState::sent:
      break;
  }
  for (Explanation shared : {of_remote(remote, now), of_place(intent, remote, now)}) {
    if (shared.cause == Cause::none) continue;
    shared.attempts = intent.attempts;
    return shared;
  }
  const bool sealed = is_about_rights(intent.cause);
  if (intent.state == IntentState::in_doubt && !sealed) why.cause = Cause::in_doubt;
  if (why.cause == Cause::none || verdict_on(why.cause) == Verdict::link) {
    why.cause = Cause::queued;
    why.evidence = intent.state == IntentState::sending ? "being sent now" : "";
  }
  why.next_attempt = std::max(intent.next_attempt, now);
  return why;
}

Explanation explain(const ViewRecord& record, const std::optional<storage::ToolState>& tool) {
  Explanation why;
  if (record.presence == storage::Presence::in_question) {
    why.cause = Cause::mass_vanishing;
    why.evidence = "two complete lists lack it and many others of its kind";
    return why;
  }
  if (record.state == ViewState::missing || record.state == ViewState::gone) {
    why.cause = Cause::record_gone;
    return why;
  }
  if (!tool) {
    why.cause = Cause::not_polled_yet;
    return why;
  }
  why.cause = tool->cause;
  why.evidence = tool->evidence;
  why.next_attempt = tool->next_poll;
  why.attempts = tool->attempts;
  if (tool->complete_as_of) {
    why.evidence += (why.evidence.empty() ? "" : "; ") + std::string("complete as of ") +
                    base::to_iso_seconds(*tool->complete_as_of);
  }
  return why;
}

Explanation explain_clock(const Remote& remote) {
  const base::Millis ahead = remote.clock_ahead;
  const base::Millis apart = ahead < base::Millis{0} ? -ahead : ahead;
  Explanation why;
  if (apart < tuning::kClockWrongFrom) return why;
  why.cause = Cause::clock_wrong;
  why.evidence = "this machine's clock is " + base::to_human(apart) +
                 (ahead > base::Millis{0} ? " behind" : " ahead of") + " the service's";
  return why;
}

base::Document to_document(const Explanation& why) {
  const base::CauseInfo& info = base::info(why.cause);
  base::Document document{{"cause", info.id},
                          {"sentence", info.sentence},
                          {"owner", base::name(info.owner)},
                          {"next_step", info.next_step},
                          {"evidence", why.evidence},
                          {"attempts", why.attempts}};
  document.set("next_attempt", why.next_attempt
                                   ? base::Value(base::to_iso_seconds(*why.next_attempt))
                                   : base::Value());
  return document;
}

}  // namespace fieldsync::sync
