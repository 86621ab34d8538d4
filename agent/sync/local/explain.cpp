#include "agent/sync/local/explain.h"

#include "agent/sync/link/retry.h"
#include "agent/sync/local/tuning.h"
#include "agent/sync/plan/planner.h"
#include "agent/sync/plan/tuning.h"
#include "agent/sync/remote/people.h"
#include "agent/sync/remote/rights.h"
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

/// What holds up the author's own login; Cause::none when nothing does. What left is looked for
/// under the machine's.
Explanation of_author(const Intent& intent, const Remote& remote) {
  Explanation why;
  const OwnLogin* own = own_login(remote, intent.author);
  if (own == nullptr || intent.state != IntentState::queued) return why;
  if (const auto problem = own->tokens->problem()) {
    why.cause = problem->cause;
    why.evidence = of_person(intent.author, *problem).what;
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

/// What keeps back an act with files while others go; Cause::none when nothing does.
Explanation of_files(const Intent& intent, const Remote& remote, base::WallTime now) {
  Explanation why;
  const bool waits = !intent.attachments.empty() && intent.state == IntentState::queued;
  if (!waits || remote.data.is_urgent(intent.id)) return why;
  const DataVerdict files = remote.data.files();
  if (files.files == DataVerdict::Files::wait) {
    why.cause = Cause::data_plan;
    why.evidence = files.words;
    why.next_attempt = files.until;
    return why;
  }
  const auto hour = hour_budget(remote.gate, now);
  if (!hour) return why;
  const int kept = kept_for_people(*hour, now);
  if (hour->remaining - kept >= tuning::kCallsPerFile) return why;
  why.cause = Cause::rate_limited;
  why.evidence = "the last " + std::to_string(kept) + " of the " + std::to_string(hour->limit) +
                 " requests of this hour are kept for edits; files go again at " +
                 base::to_iso_seconds(hour->resets_at) + " at the latest";
  why.next_attempt = hour->resets_at;
  return why;
}

std::string since(base::WallTime at) { return "since " + base::to_iso_seconds(at); }

/// Every explanation says something of this case: at least since when it is so.
Explanation with_evidence(Explanation why, const Intent& intent) {
  if (why.evidence.empty()) why.evidence = since(intent.changed_at);
  return why;
}

Explanation explain_held(const Intent& intent, const Remote& remote) {
  Explanation why{intent.cause, intent.evidence, std::nullopt, intent.attempts};
  if (why.cause == Cause::none) why.cause = Cause::held_by_person;
  const auto* kind = kinds::find_kind(intent.kind.raw());
  if (kind && is_about_rights(why.cause)) {
    // The service's words seldom name the level; what was read of the rights does.
    const auto lack = refusal(remote, intent.project, kind->tool);
    if (lack && why.evidence.find(lack->what) == std::string::npos) {
      why.evidence += (why.evidence.empty() ? "" : "; ") + lack->what;
    }
  }
  return with_evidence(std::move(why), intent);
}

Explanation explain_ended(const Intent& intent) {
  const std::string at = base::to_iso_seconds(intent.changed_at);
  if (intent.state == IntentState::delivered) {
    return {Cause::none, "delivered and read back at " + at, std::nullopt, intent.attempts};
  }
  // Who ended it said how: taken back, let go, decided against.
  const std::string how =
      intent.evidence.empty() ? "taken back before it was sent" : intent.evidence;
  return {Cause::none, how + " (" + at + ")", std::nullopt, intent.attempts};
}

/// Of an act that goes on by itself and that nothing shared holds up.
Explanation explain_on_its_way(const Intent& intent, base::WallTime now) {
  Explanation why{intent.cause, intent.evidence, std::max(intent.next_attempt, now),
                  intent.attempts};
  // A failure of the link that is over holds nothing up any more, unless its pause still runs.
  const bool waits_for_better = intent.picture == storage::Picture::after_preview;
  const bool over =
      verdict_on(why.cause) == Verdict::link && intent.next_attempt <= now && !waits_for_better;
  // When the link will be good nobody knows; what waits says what else sends it.
  if (waits_for_better && intent.next_attempt <= now) why.next_attempt.reset();
  const bool stale = why.cause == Cause::none || over || verdict_on(why.cause) == Verdict::login;
  switch (intent.state) {
    case IntentState::in_doubt:
      // What was begun in a project that is closed now waits for the right first.
      if (!is_about_rights(why.cause)) why.cause = Cause::in_doubt;
      break;
    case IntentState::sent:
      if (stale) why.cause = Cause::not_read_back_yet;
      break;
    case IntentState::sending:
      why.cause = Cause::queued;
      why.evidence = "being sent now";
      break;
    case IntentState::queued:
    case IntentState::waiting:
    case IntentState::delivered:
    case IntentState::held:
    case IntentState::cancelled:
      if (stale) why.cause = Cause::queued;
      break;
  }
  return with_evidence(std::move(why), intent);
}

}  // namespace

Explanation explain(const Intent& intent, const Remote& remote, base::WallTime now, Going going) {
  switch (intent.state) {
    case IntentState::delivered:
    case IntentState::cancelled:
      return explain_ended(intent);
    case IntentState::held:
      return explain_held(intent, remote);
    case IntentState::waiting: {
      Explanation why{Cause::waiting_for_other, "waits for another act", std::nullopt,
                      intent.attempts};
      if (intent.depends_on) {
        why.evidence = "waits for act " + std::to_string(intent.depends_on->raw());
      }
      return why;
    }
    case IntentState::queued:
    case IntentState::sending:
    case IntentState::in_doubt:
    case IntentState::sent:
      break;
  }
  Explanation files;
  if (going == Going::not_yet) files = of_files(intent, remote, now);
  for (Explanation shared :
       {of_remote(remote, now), of_author(intent, remote), of_place(intent, remote, now), files}) {
    if (shared.cause == Cause::none) continue;
    shared.attempts = intent.attempts;
    return with_evidence(std::move(shared), intent);
  }
  return explain_on_its_way(intent, now);
}

namespace {

std::string as_of(const std::optional<storage::ToolState>& tool) {
  if (!tool || !tool->complete_as_of) return "its tool was not read completely yet";
  return "its tool is complete as of " + base::to_iso_seconds(*tool->complete_as_of);
}

std::string and_then(const std::string& first, const std::string& second) {
  return first + (first.empty() || second.empty() ? "" : "; ") + second;
}

}  // namespace

storage::ToolState as_held_up(storage::ToolState tool, const Remote& remote, base::WallTime now) {
  if (tool.next_poll > now) return tool;
  const Explanation shared = of_remote(remote, now);
  if (shared.cause == Cause::none) return tool;
  tool.cause = shared.cause;
  tool.evidence = shared.evidence;
  tool.next_poll = shared.next_attempt.value_or(base::WallTime{});
  return tool;
}

Explanation explain(const ViewRecord& record, const std::optional<storage::ToolState>& tool,
                    const std::optional<storage::Receipt>& receipt) {
  Explanation why;
  if (tool && tool->next_poll > base::WallTime{}) why.next_attempt = tool->next_poll;
  std::string proof;
  if (receipt) {
    proof = "delivered at " + base::to_iso_seconds(receipt->delivered_at) + ", receipt " +
            std::to_string(receipt->number);
  }
  if (record.presence == storage::Presence::in_question) {
    why.cause = Cause::mass_vanishing;
    why.next_attempt.reset();
    why.evidence = and_then("two complete lists lack it and many others of its kind", proof);
    return why;
  }
  switch (record.state) {
    case ViewState::gone:
      why.cause = Cause::record_gone;
      why.next_attempt.reset();
      why.evidence = and_then("two complete lists of the service lacked it", proof);
      return why;
    case ViewState::missing:
      // One look that lacked it proves nothing (promise P5).
      why.cause = Cause::not_polled_yet;
      why.evidence = and_then("the last look did not show it, the next one decides", proof);
      return why;
    case ViewState::synced:
    case ViewState::queued:
    case ViewState::held:
      break;
  }
  if (!tool || tool->cause == Cause::not_polled_yet) {
    why.cause = Cause::not_polled_yet;
    why.evidence = and_then(as_of(tool), proof);
    return why;
  }
  why.cause = tool->cause;
  why.attempts = tool->attempts;
  // What others cannot see is not where people think it is.
  const bool is_draft = record.fields.text("status") == "draft";
  if (why.cause == Cause::none && is_draft) why.cause = Cause::draft_not_submitted;
  why.evidence = and_then(and_then(tool->evidence, as_of(tool)), proof);
  return why;
}

Explanation explain_clock(base::Millis ahead) {
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
