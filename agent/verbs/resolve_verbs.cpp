#include <optional>

#include "agent/sync/local/decisions.h"
#include "agent/verbs/verbs.h"
#include "platform/base/text.h"

/// A person's word about what `conflicts` lists, and its undoing.
namespace fieldsync::verbs {

using base::Cause;
using base::Failure;
using storage::Intent;
using storage::IntentState;
using sync::Decisions;

namespace {

Decisions decisions_of(Parts& parts) {
  return Decisions(parts.world.host, *parts.work, *parts.mirror, parts.originals, *parts.view);
}

/// What is decided about, as people name it: the number of an act, a record, or PROJECT/KIND of a
/// mass vanishing.
std::string named(const Document& arguments) {
  const base::Value* value = arguments.find("conflict");
  return value ? base::plain_text(*value) : std::string();
}

Failure nothing_to_decide(const std::string& name) {
  return {Cause::not_found, "no conflict " + name + " (`fieldsync conflicts` lists them)"};
}

/// The act or the record of that name; of a record with one conflict of fields, that act.
struct Subject {
  base::RecordId item;
  std::optional<Intent> act;
};

Result<Subject> subject_of(Parts& parts, const std::string& name) {
  if (const auto number = intent_number(name)) {
    TRY_ASSIGN(auto intent, parts.work->intent(*number));
    if (!intent) return nothing_to_decide(name);
    const base::RecordId item = intent->item;
    return Subject{item, std::move(intent)};
  }
  TRY_ASSIGN(const auto record, parts.view->record(base::RecordId(name)));
  Subject subject{record.id, {}};
  for (const Intent& act : record.pending) {
    if (act.state != IntentState::held || act.cause != Cause::conflict) continue;
    if (subject.act) {
      return Failure{Cause::bad_input, name + " has several conflicts: name one by its number"};
    }
    subject.act = act;
  }
  return subject;
}

Result<Document> decide_gone(Parts& parts, const Subject& subject, const std::string& take,
                             const std::string& author) {
  TRY_ASSIGN(const auto record, parts.view->record(subject.item));
  std::optional<Decisions::ForGone> choice;
  if (take == "restore") choice = Decisions::ForGone::restore;
  if (take == "new") choice = Decisions::ForGone::send_as_new;
  if (take == "let-go") choice = Decisions::ForGone::let_go;
  if (!choice) {
    return Failure{Cause::bad_input,
                   subject.item.raw() + " is gone at the service: take restore, new or let-go"};
  }
  const app::RemoteParts* remote = parts.find_remote(record.remote);
  if (*choice == Decisions::ForGone::restore && remote != nullptr &&
      !remote->service->can_push(record.kind, net::Action::restore)) {
    return Failure{Cause::bad_input, std::string(remote->service->service()) +
                                         " has no way to restore a " + record.kind.raw() +
                                         ": take new or let-go"};
  }
  TRY_ASSIGN(const auto decided, decisions_of(parts).about_gone(subject.item, *choice, author));
  base::List left;
  for (const std::string& name : decided.left_behind) left.push_back(name);
  return Document{{"id", decided.resolution.after.front().id.raw()},
                  {"item", decided.item.raw()},
                  {"take", take},
                  {"state", storage::name(decided.resolution.after.back().state)},
                  {"left_behind", std::move(left)}};
}

Result<Document> decide_fields(Parts& parts, const Intent& conflict, const std::string& take,
                               const Document& arguments, const std::string& author) {
  Decisions::Side side = Decisions::Side::value;
  if (take == "ours") side = Decisions::Side::ours;
  if (take == "theirs") side = Decisions::Side::theirs;
  const std::string value = take == "value" ? arguments.text("value") : take;
  TRY_ASSIGN(const auto made, decisions_of(parts).choose(conflict, side, value, author));
  return Document{{"id", conflict.id.raw()},
                  {"item", conflict.item.raw()},
                  {"take", made.take},
                  {"state", storage::name(made.after.front().state)}};
}

/// `name` is PROJECT/KIND.
Result<Document> decide_vanished(Parts& parts, const std::string& name, const std::string& take) {
  if (take != "accept" && take != "keep") {
    return Failure{Cause::bad_input, name + ": records vanished; take accept or keep"};
  }
  const auto slash = name.find('/');
  const base::KindId kind(name.substr(slash + 1));
  const auto presence = take == "accept" ? storage::Presence::gone : storage::Presence::present;
  int records = 0;
  TRY_ASSIGN(const auto follows, parts.work->follows());
  for (const storage::Follow& follow : follows) {
    if (follow.project.raw() != name.substr(0, slash)) continue;
    TRY_ASSIGN(const int answered,
               parts.mirror->answer_question(follow.remote, follow.project, kind, presence,
                                             parts.world.host.clock.wall()));
    records += answered;
  }
  if (records == 0) return nothing_to_decide(name);
  return Document{{"id", name}, {"take", take}, {"records", records}, {"state", take}};
}

Result<Document> undo(Parts& parts, const std::string& name) {
  TRY_ASSIGN(const Subject subject, subject_of(parts, name));
  std::optional<base::IntentId> about;
  if (subject.act && intent_number(name)) about = subject.act->id;
  TRY_ASSIGN(const auto undone, decisions_of(parts).undo(subject.item, about));
  return Document{{"id", undone.after.front().id.raw()},
                  {"item", undone.item.raw()},
                  {"take", "undo"},
                  {"undone", undone.take},
                  {"state", "held"}};
}

Result<Document> decide(Parts& parts, const std::string& name, const Document& arguments) {
  const base::Value* back = arguments.find("undo");
  if (back && back->as_bool() && *back->as_bool()) return undo(parts, name);
  TRY_ASSIGN(const std::string take, required_text(arguments, "take"));
  if (name.find('/') != std::string::npos) return decide_vanished(parts, name, take);
  TRY_ASSIGN(const Subject subject, subject_of(parts, name));
  const std::string author = author_of(parts, arguments);
  if (subject.act && subject.act->state == IntentState::held &&
      subject.act->cause == Cause::conflict) {
    return decide_fields(parts, *subject.act, take, arguments, author);
  }
  TRY_ASSIGN(const auto open, parts.work->open_intents_of(subject.item));
  for (const Intent& act : open) {
    if (sync::is_held_as_gone(act)) return decide_gone(parts, subject, take, author);
  }
  return nothing_to_decide(name);
}

}  // namespace

Result<Document> resolve(Parts& parts, const Document& arguments) {
  const std::string name = named(arguments);
  if (name.empty()) return Failure{Cause::bad_input, "conflict: missing"};
  TRY_ASSIGN(Document answer, decide(parts, name, arguments));
  for (const auto& remote : parts.remotes) remote->engine->nudge();
  return answer;
}

}  // namespace fieldsync::verbs
