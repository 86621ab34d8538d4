#include "agent/sync/binding.h"
#include "agent/verbs/tuning.h"
#include "agent/verbs/verbs.h"
#include "platform/base/time_text.h"

namespace fieldsync::verbs {

using base::Cause;
using base::Failure;
using storage::Intent;
using storage::IntentState;

namespace {

bool is_conflict(const Intent& intent) {
  return intent.state == IntentState::held && intent.cause == Cause::conflict;
}

/// The record's fields as the service has them, as last seen.
Result<Document> theirs_of(Parts& parts, const Intent& intent) {
  TRY_ASSIGN(const auto id, sync::service_id(*parts.work, intent.item));
  if (!id) return Document{};
  TRY_ASSIGN(const auto record,
             parts.mirror->record({intent.remote, intent.project, intent.kind, *id}));
  return record ? record->fields : Document{};
}

base::Value value_in(const Document& fields, const std::string& name) {
  const base::Value* value = fields.find(name);
  return value ? *value : base::Value{};
}

Result<Document> conflict_document(Parts& parts, const Intent& intent) {
  TRY_ASSIGN(const Document theirs, theirs_of(parts, intent));
  base::List fields;
  for (const base::Field& field : intent.fields) {
    fields.push_back(Document{{"field", field.name},
                              {"base", value_in(intent.base, field.name)},
                              {"ours", field.value},
                              {"theirs", value_in(theirs, field.name)}});
  }
  return Document{{"id", intent.id.raw()},
                  {"item", intent.item.raw()},
                  {"kind", intent.kind.raw()},
                  {"project", intent.project.raw()},
                  {"author", intent.author},
                  {"captured_at", base::to_iso_millis(intent.captured_at)},
                  {"found_at", base::to_iso_millis(intent.changed_at)},
                  {"fields", std::move(fields)}};
}

Result<Intent> conflict_of(Parts& parts, const Document& arguments) {
  const std::int64_t number = arguments.integer("conflict");
  TRY_ASSIGN(const auto intent, parts.work->intent(base::IntentId(number)));
  if (!intent || !is_conflict(*intent)) {
    return Failure{Cause::not_found,
                   "no conflict " + std::to_string(number) + " (`fieldsync conflicts` lists them)"};
  }
  return *intent;
}

/// The person's value takes the place of the only field's.
Result<> take_value(Intent& intent, const std::string& text) {
  if (intent.fields.size() != 1) {
    return Failure{Cause::bad_input, "several fields are in conflict: take ours or theirs"};
  }
  const auto* kind = kinds::find_kind(intent.kind.raw());
  const std::string name = intent.fields.begin()->name;
  const auto* field = kind ? kind->field(name) : nullptr;
  if (field == nullptr) return Failure{Cause::field_invalid, name + ": not known here"};
  TRY_ASSIGN(base::Value value, kinds::parse_field(*kind, *field, text));
  intent.fields.set(name, std::move(value));
  return base::Done{};
}

}  // namespace

Result<Document> conflicts(Parts& parts, const Document&) {
  base::List rows;
  base::IntentId after(0);
  for (;;) {
    TRY_ASSIGN(const auto page,
               parts.work->page(storage::WorkStore::Which::open, after, tuning::kQueueRowsMax));
    for (const Intent& intent : page) {
      after = intent.id;
      if (!is_conflict(intent)) continue;
      TRY_ASSIGN(Document row, conflict_document(parts, intent));
      rows.push_back(std::move(row));
    }
    if (static_cast<int>(page.size()) < tuning::kQueueRowsMax) break;
  }
  return Document{{"conflicts", std::move(rows)}};
}

Result<Document> resolve(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(Intent intent, conflict_of(parts, arguments));
  TRY_ASSIGN(const std::string take, required_text(arguments, "take"));
  TRY_ASSIGN(const Document theirs, theirs_of(parts, intent));
  intent.changed_at = parts.world.host.clock.wall();
  if (take == "theirs") {
    intent.state = IntentState::cancelled;
    intent.evidence = "resolved: the office's value was kept; it was " + intent.evidence;
    TRY(parts.work->update_and_release(intent));
    return Document{{"id", intent.id.raw()}, {"state", storage::name(intent.state)}};
  }
  if (take == "value") {
    TRY(take_value(intent, arguments.text("value")));
  } else if (take != "ours") {
    return Failure{Cause::bad_input, "take: expected ours, theirs or value"};
  }
  // The person has seen what the office wrote: from there on it is an edit like any other.
  for (const base::Field& field : intent.fields) {
    intent.base.set(field.name, value_in(theirs, field.name));
  }
  intent.state = IntentState::queued;
  intent.cause = Cause::none;
  intent.evidence = "resolved by a person";
  intent.attempts = 0;
  intent.next_attempt = {};
  TRY(parts.work->update(intent));
  for (const auto& remote : parts.remotes) remote->engine->nudge();
  return Document{{"id", intent.id.raw()}, {"state", storage::name(intent.state)}};
}

}  // namespace fieldsync::verbs
