#include "agent/sync/push/pusher.h"

#include "agent/merge/three_way.h"
#include "agent/sync/link/retry.h"
#include "agent/sync/plan/planner.h"
#include "agent/sync/push/withheld.h"
#include "agent/sync/reconcile/binding.h"
#include "agent/sync/reconcile/conflicts.h"
#include "agent/sync/reconcile/standing.h"
#include "agent/sync/reconcile/tuning.h"
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

namespace {

/// From now on the edit says: from what the service has to what both sides make together. The same
/// merge is not computed twice (a text's could come out differently once it is applied), and what
/// is read back is compared with what was sent.
void rebase(Intent& intent, const base::Document& theirs, const base::Document& to_send) {
  base::Document fields;
  base::Document base_fields;
  for (const base::Field& field : intent.fields) {
    const base::Value* there = theirs.find(field.name);
    const base::Value* sent = to_send.find(field.name);
    const base::Value now = there ? *there : base::Value{};
    base_fields.set(field.name, now);
    fields.set(field.name, sent ? *sent : now);
  }
  intent.fields = std::move(fields);
  intent.base = std::move(base_fields);
}

}  // namespace

void Pusher::push(base::IntentId id, StepDone done) {
  auto loaded = context_.work.intent(id);
  if (!loaded) return done(loaded.failure());
  if (!*loaded || (*loaded)->state != IntentState::queued) return done(Done{});
  Intent intent = **loaded;

  const auto refused = refusal(context_.remote, intent.project, tool_of(intent));
  if (refused) return done(outcomes_.frozen(intent, *refused));
  auto may_go = keep_withheld(intent, done);
  if (!may_go) return done(may_go.failure());
  if (!*may_go) return;
  name_author(context_.remote, intent);
  auto bound = bind(context_, intent);
  if (!bound) return done(outcomes_.failed(intent, bound.failure()));
  net::PushOp op = *bound;
  if (!context_.remote.service.can_push(op.kind, op.action)) {
    return done(outcomes_.held(
        intent, {Cause::refused_by_service, std::string(context_.remote.service.service()) +
                                                " has no way to " + std::string(name(op.action)) +
                                                " a " + op.kind.raw()}));
  }
  auto go_on = reconcile(intent, op, done);
  if (!go_on) return done(go_on.failure());
  if (!*go_on) return;
  if (intent.act == Act::attach) {
    // Read back, a file that was there before is no proof that ours arrived.
    const base::Value* before = op.current.find(kAttachments);
    intent.base = before ? base::Document{{kAttachments, *before}} : base::Document{};
    op.had = attachment_ids(intent.base);
  }
  send(intent, op, done);
}

void Pusher::send(const Intent& intent, const net::PushOp& op, const StepDone& done) {
  auto before = context_.work.intent(intent.id);
  if (!before) return done(before.failure());
  FS_CHECK(before->has_value());
  const auto left_at = std::make_shared<std::optional<base::WallTime>>();
  const auto mark_sending = [this, intent, left_at, known = **before]() -> Result<> {
    if (*left_at) return Done{};  // sent once more, with a renewed token
    // The token or the budget may have been waited for, and the person may have used the time.
    TRY_ASSIGN(const auto row, context_.work.intent(intent.id));
    const bool same = row && row->state == IntentState::queued && row->fields == known.fields &&
                      row->base == known.base;
    if (!same) return Failure{Cause::queued, "it was changed right before it was sent"};
    Intent marked = intent;
    marked.state = IntentState::sending;
    marked.sending_since = intent.sending_since.value_or(context_.courier.service_now());
    marked.changed_at = context_.now();
    *left_at = marked.sending_since;
    return context_.work.update(marked);
  };
  context_.courier.send_as(
      sent_under(context_.remote, intent.author), context_.remote.service.push(op),
      [this, intent, op, left_at, done](net::HttpOutcome outcome) {
        pushed(intent, op, *left_at, std::move(outcome), done);
      },
      nullptr, mark_sending);
}

Result<bool> Pusher::reconcile(Intent& intent, net::PushOp& op, const StepDone& done) {
  if (intent.act == Act::restore) return true;  // whether there is something, the service knows
  TRY_ASSIGN(const auto key, key_of(context_, intent));
  std::optional<storage::MirrorRecord> record;
  if (key) {
    TRY_ASSIGN(record, context_.mirror.record(*key));
  }
  switch (standing_of(intent, op.fields, record).decision()) {
    case merge::Decision::send:
    case merge::Decision::merge:
      return intent.act == Act::edit ? merge_edit(intent, op, done) : true;
    case merge::Decision::only_prove:
      if (intent.act == Act::edit) rebase(intent, op.current, {});
      done(finder_.found(intent, key->id));
      return false;
    case merge::Decision::nothing:
    case merge::Decision::look:  // the next plan begins with the look
      done(Done{});
      return false;
    case merge::Decision::ask_conflict: {
      const std::string changes = changes_text(intent.base, op.current);
      // Trying again is the answer "remove it all the same": this change is known by then.
      intent.base = as_there(intent.base, op.current);
      TRY(context_.work.update(intent));
      done(outcomes_.held(intent, {Cause::conflict, "you removed it, but " + changes +
                                                        ". `retry` removes it all the same"}));
      return false;
    }
    case merge::Decision::ask_gone:
      done(outcomes_.held(
          intent, {Cause::record_gone, "two complete lists of the service no longer have it"}));
      return false;
    case merge::Decision::wait_hidden:
      done(outcomes_.frozen(intent,
                            {Cause::permission_missing,
                             "the record is private and no longer shown to this login: ask for a "
                             "share in it. It goes on by itself then"}));
      return false;
  }
  FS_CHECK(false);
}

Result<bool> Pusher::keep_withheld(Intent& intent, const StepDone& done) {
  const auto level = level_in(context_.remote, intent.project, tool_of(intent));
  const auto withheld = context_.remote.service.withheld(intent.kind, level);
  TRY(put_back(intent, withheld));
  const Intent whole = intent;
  auto apart = take_withheld(intent, withheld);
  if (!apart) return true;
  if (intent.act == Act::edit && intent.fields.empty()) {
    done(outcomes_.frozen(whole, {apart->cause, apart->evidence}));
    return false;
  }
  apart->changed_at = context_.now();
  TRY(context_.work.split_off(intent, *apart));
  return true;
}

/// A capture that was refused as a whole after its fields of admins were taken out: at a level that
/// may set them it goes out whole, as the service may require them.
Result<> Pusher::put_back(Intent& intent, const std::vector<std::string>& withheld) {
  if (intent.act != Act::create) return Done{};
  TRY_ASSIGN(const auto acts, context_.work.open_intents_of(intent.item));
  for (Intent apart : acts) {
    if (!is_taken_from(intent, apart) || !may_write(apart, withheld)) continue;
    for (const base::Field& field : apart.fields) intent.fields.set(field.name, field.value);
    apart.state = IntentState::cancelled;
    apart.cause = Cause::none;
    apart.evidence = "it goes out with the capture it was a part of";
    apart.changed_at = context_.now();
    TRY(context_.work.change({intent, apart}));
  }
  return Done{};
}

Result<bool> Pusher::merge_edit(Intent& intent, net::PushOp& op, const StepDone& done) {
  const auto* kind = kinds::find_kind(intent.kind.raw());
  FS_CHECK(kind != nullptr);
  const merge::Merged merged = merge::three_way(*kind, intent.base, op.fields, op.current);
  if (!merged.conflicts.empty()) {
    TRY_ASSIGN(const bool some_left, hold_conflicts(context_, outcomes_, intent, merged.conflicts));
    if (!some_left) {
      done(Done{});
      return false;
    }
  }
  rebase(intent, op.current, merged.to_send);
  if (merged.to_send.empty()) {
    // The service has these values already: nothing to send, only to prove.
    done(finder_.found(intent, op.id));
    return false;
  }
  op.fields = merged.to_send;
  return true;
}

void Pusher::pushed(Intent intent, const net::PushOp& op, std::optional<base::WallTime> left_at,
                    net::HttpOutcome outcome, const StepDone& done) {
  if (!outcome.response) {
    const Failure& failure = outcome.response.failure();
    const bool never_left = outcome.reach == net::Reach::never_left || !left_at;
    return done(never_left ? outcomes_.failed(intent, failure)
                           : in_doubt_since(std::move(intent), *left_at, outcome.took, failure));
  }
  auto answer = context_.remote.service.read_push(op, *outcome.response);
  const auto shut_until = context_.ended(push_endpoint(intent.kind, intent.act), answer);
  if (shut_until) {
    auto kept_back = context_.work.postpone(context_.remote.name, intent.kind, IntentState::queued,
                                            intent.act, *shut_until);
    if (!kept_back) return done(kept_back.failure());
  }
  if (answer) return done(made(std::move(intent), answer->id));
  const Failure& failure = answer.failure();
  if (op.action == net::Action::remove && failure.cause == Cause::record_gone) {
    return done(finder_.found(std::move(intent), op.id));
  }
  if (failure.cause == Cause::record_gone && op.action != net::Action::create) {
    if (auto marked = finder_.mark_missing(intent); !marked) return done(marked);
  }
  if (failure.cause == Cause::upload_expired) {
    // What was uploaded is of no use any more: the bytes go up again.
    for (int position = 0; position < static_cast<int>(intent.attachments.size()); ++position) {
      if (auto gone = context_.work.forget_upload(intent.id, position); !gone) return done(gone);
    }
  }
  done(may_have_taken_effect(failure.cause)
           ? in_doubt_since(std::move(intent), *left_at, outcome.took, failure)
           : refused(intent, failure));
}

/// A service that requires a field which was taken out for this login's level speaks of the level:
/// the capture goes out whole when that is back.
Result<> Pusher::refused(const Intent& intent, const Failure& failure) {
  if (intent.act != Act::create || failure.cause != Cause::field_required) {
    return outcomes_.failed(intent, failure);
  }
  const auto level = level_in(context_.remote, intent.project, tool_of(intent));
  const auto withheld = context_.remote.service.withheld(intent.kind, level);
  TRY_ASSIGN(const auto acts, context_.work.open_intents_of(intent.item));
  for (const Intent& apart : acts) {
    if (!is_taken_from(intent, apart)) continue;
    if (may_write(apart, withheld)) return outcomes_.again_now(intent, "the level is back");
    return outcomes_.held(intent,
                          {Cause::permission_missing, failure.what + "; " + apart.evidence});
  }
  return outcomes_.failed(intent, failure);
}

/// It is looked for from the earlier of two moments: where the machine slept since, the time the
/// answer took is too short, and where its clock was wrong when the request left, the answer told.
Result<> Pusher::in_doubt_since(Intent intent, base::WallTime left_at, base::Millis took,
                                const Failure& failure) {
  if (!intent.sending_since) {
    intent.sending_since = std::min(left_at, context_.courier.service_now() - took);
  }
  return outcomes_.doubtful(std::move(intent), failure);
}

Result<> Pusher::made(Intent intent, const base::ServiceId& id) {
  if (intent.act == Act::create || intent.act == Act::reply) {
    // A look for an equal capture may have taken this record before the answer came.
    Intent again = intent;
    again.evidence = "another capture equal to this one has the record that was made";
    again.next_attempt = {};
    again.changed_at = context_.now();
    TRY_ASSIGN(const bool traded, context_.work.trade_if_claimed(std::move(again), id));
    if (traded) return Done{};
  }
  return finder_.found(std::move(intent), id);
}

/// The service answers 404 also for what this login may not see (facts/procore-api.md 5.3): only
/// with rights that were read after the removal it means that the record is gone.
Result<> Pusher::prove_removal(Intent intent) {
  if (intent.changed_at > context_.now()) {
    // The clock was set back since: what is read from now on is later all the same.
    intent.changed_at = context_.now();
    TRY(context_.work.update(intent));
  }
  const auto rights = context_.remote.rights.find(intent.project);
  const bool may_see = rights != context_.remote.rights.end() &&
                       rights->second.read_at > intent.changed_at &&
                       !refusal(context_.remote, intent.project, tool_of(intent));
  if (may_see) return deliveries_.removed(intent);
  if (outcomes_.on_rights_doubtful) outcomes_.on_rights_doubtful(intent.project);
  return outcomes_.unproven(intent, {Cause::not_read_back_yet,
                                     "not shown any more; whether it is gone or out of sight, the "
                                     "rights of this login will tell"});
}

/// A removal that was taken for done while the record was out of sight: it is sent again, which
/// harms nothing. The first time the answer may just be older than the removal.
Result<> Pusher::still_there(const Intent& intent) {
  if (intent.attempts > 0) return finder_.not_found(intent);
  return outcomes_.unproven(intent,
                            {Cause::not_read_back_yet, "removed, but the service still shows it"});
}

void Pusher::prove(base::IntentId id, StepDone done) {
  auto loaded = context_.work.intent(id);
  if (!loaded) return done(loaded.failure());
  if (!*loaded || (*loaded)->state != IntentState::sent) return done(Done{});
  const Intent intent = **loaded;
  if (is_sealed(context_.remote, intent.project)) return done(outcomes_.sealed(intent));
  auto key = key_of(context_, intent);
  if (!key) return done(key.failure());
  FS_CHECK(key->has_value());
  puller_.show(**key, [this, intent, done](Result<> stored, std::optional<net::RemoteRecord>,
                                           std::optional<Failure> failure) {
    if (!stored) return done(stored);
    const bool is_gone = failure && failure->cause == Cause::record_gone;
    if (intent.act == Act::remove && (!failure || is_gone)) {
      return done(is_gone ? prove_removal(intent) : still_there(intent));
    }
    if (!failure) return done(Done{});  // Deliveries saw the record and decided
    // Trouble of the service is no evidence against the delivery, however long it lasts.
    const bool said_no = verdict_on(failure->cause) == Verdict::person;
    if (said_no && intent.attempts + 1 >= tuning::kReadBackMax) {
      return done(outcomes_.held(intent, *failure));
    }
    done(outcomes_.unproven(intent, *failure));
  });
}

}  // namespace fieldsync::sync
