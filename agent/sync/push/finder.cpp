#include "agent/sync/push/finder.h"

#include "agent/sync/link/retry.h"
#include "agent/sync/plan/planner.h"
#include "agent/sync/pull/tuning.h"
#include "agent/sync/reconcile/binding.h"
#include "agent/sync/remote/people.h"
#include "agent/sync/remote/rights.h"

namespace fieldsync::sync {

using base::Cause;
using base::Done;
using base::Failure;
using base::Result;
using storage::Act;
using storage::Intent;
using storage::IntentState;

void Finder::look_up(base::IntentId id, StepDone done) {
  auto loaded = context_.work.intent(id);
  if (!loaded) return done(loaded.failure());
  if (!*loaded || (*loaded)->state != IntentState::in_doubt) return done(Done{});
  Intent intent = **loaded;
  if (is_sealed(context_.remote, intent.project)) return done(outcomes_.sealed(intent));
  switch (intent.act) {
    case Act::edit:
    case Act::attach:
    case Act::remove:
    case Act::restore:
      return look_at_record(std::move(intent), std::move(done));
    case Act::create:
    case Act::reply:
      break;
  }
  auto op = bind(context_, intent);
  if (!op) return done(outcomes_.unproven(intent, op.failure()));
  net::LookUp look;
  look.op = *op;
  const base::WallTime sent_at = intent.sending_since.value_or(intent.captured_at);
  look.since = sent_at - tuning::kWindowOverlap;
  look.until = context_.courier.service_now() + tuning::kWindowAhead;
  look_in_lists(std::move(intent), std::move(look), senders_of(context_.remote, intent.author),
                std::move(done));
}

/// Among what each of `senders` made, one list after the other.
void Finder::look_in_lists(Intent intent, net::LookUp look, std::vector<base::ServiceId> senders,
                           StepDone done) {
  if (senders.empty()) return done(not_found(intent));
  look.me = senders.front();
  senders.erase(senders.begin());
  const NotThere not_there = [this, look, senders, done](const Intent& looked_for, int) {
    look_in_lists(looked_for, look, senders, done);
  };
  // What is removed between two pages moves the rest up, and one record is on neither of them.
  const NotThere once_more = [this, look, not_there, done](const Intent& looked_for, int pages) {
    if (pages == 0) return not_there(looked_for, pages);
    look_in_list(looked_for, look, 0, not_there, done);
  };
  look_in_list(std::move(intent), std::move(look), 0, once_more, std::move(done));
}

void Finder::look_in_list(Intent intent, net::LookUp look, int pages, NotThere not_there,
                          StepDone done) {
  if (pages >= tuning::kPagesMax) {
    return done(outcomes_.unproven(
        intent, {Cause::limit_reached, "the look for this capture does not end"}));
  }
  net::HttpRequest request = context_.remote.service.look_up(look);
  context_.courier.send(
      std::move(request), [this, intent, look, pages, not_there, done](net::HttpOutcome outcome) {
        if (!outcome.response) return done(outcomes_.unproven(intent, outcome.response.failure()));
        auto page = context_.remote.service.read_look_up(look, *outcome.response);
        context_.ended(look_up_endpoint(intent.kind), page);
        if (!page) return done(look_failed(intent, page.failure()));
        for (const net::RemoteRecord& candidate : page->candidates) {
          auto claimed = context_.work.is_claimed(intent.kind, intent.project, candidate.id);
          if (!claimed) return done(claimed.failure());
          if (!*claimed) return done(found(intent, candidate.id));
        }
        if (page->next) return look_in_list(intent, *page->next, pages + 1, not_there, done);
        not_there(intent, pages);
      });
}

void Finder::look_at_record(Intent intent, StepDone done) {
  auto key = key_of(context_, intent);
  if (!key) return done(key.failure());
  if (!*key) return done(not_found(intent));
  puller_.show(**key, [this, intent, id = (*key)->id, done](Result<> stored,
                                                            std::optional<net::RemoteRecord> record,
                                                            std::optional<Failure> failure) {
    if (!stored) return done(stored);
    const bool gone = failure && failure->cause == Cause::record_gone;
    if (gone && intent.act == Act::remove) return done(found(intent, id));
    if (gone && intent.act == Act::restore) return done(not_found(intent));
    if (failure) return done(look_failed(intent, *failure));
    if (intent.act == Act::remove) return done(not_found(intent));
    auto lacks = deliveries_.missing(intent, *record);
    if (!lacks) return done(lacks.failure());
    done(lacks->empty() ? found(intent, record->id) : not_found(intent));
  });
}

/// Where the record cannot be read any more, nobody can say what became of the act: a person must
/// know. It is looked for again when the record is back.
Result<> Finder::look_failed(const Intent& intent, const Failure& failure) {
  if (failure.cause != Cause::record_gone) return outcomes_.unproven(intent, failure);
  TRY(mark_missing(intent));
  return outcomes_.held(intent, failure);
}

Result<> Finder::found(Intent intent, const base::ServiceId& id) {
  intent.state = IntentState::sent;
  intent.result = id;
  intent.cause = Cause::not_read_back_yet;
  intent.evidence.clear();
  intent.attempts = 0;
  intent.next_attempt = {};
  intent.changed_at = context_.now();
  return context_.work.record_sent(std::move(intent));
}

Result<> Finder::not_found(Intent intent) {
  intent.state = IntentState::queued;
  intent.cause = Cause::none;
  intent.evidence = "looked for at the service and not there: sent again";
  // One lost answer is a matter of luck; where every answer is lost or an error, calls are saved.
  intent.next_attempt =
      intent.attempts <= 1
          ? base::WallTime{}
          : context_.now() + retry_delay({Cause::in_doubt, ""}, intent.attempts, random_);
  intent.changed_at = context_.now();
  return context_.work.update(intent);
}

Result<> Finder::mark_missing(const Intent& intent) {
  TRY_ASSIGN(const auto key, key_of(context_, intent));
  if (!key) return Done{};
  TRY_ASSIGN(const auto record, context_.mirror.record(*key));
  return record ? context_.mirror.mark_missing(*key, context_.now()) : Result<>(Done{});
}

}  // namespace fieldsync::sync
