#include <map>

#include "agent/sync/local/decisions.h"
#include "agent/verbs/tuning.h"
#include "agent/verbs/verbs.h"
#include "platform/base/time_text.h"

/// What waits for a person's word: fields both sides changed, work for records that are gone, and
/// records that vanished in a mass.
namespace fieldsync::verbs {

using base::Cause;
using storage::Intent;
using storage::IntentState;

namespace {

base::Value value_in(const Document& fields, const std::string& name) {
  const base::Value* value = fields.find(name);
  return value ? *value : base::Value{};
}

/// The record's fields as the service has them, as last seen.
Result<Document> theirs_of(Parts& parts, const Intent& intent) {
  TRY_ASSIGN(const auto id, sync::service_id(*parts.work, intent.item));
  if (!id) return Document{};
  TRY_ASSIGN(const auto record,
             parts.mirror->record({intent.remote, intent.project, intent.kind, *id}));
  return record ? record->fields : Document{};
}

Document head_of(const Intent& intent) {
  return Document{{"id", intent.id.raw()},
                  {"cause", base::info(intent.cause).id},
                  {"item", intent.item.raw()},
                  {"kind", intent.kind.raw()},
                  {"project", intent.project.raw()},
                  {"author", intent.author},
                  {"captured_at", base::to_iso_millis(intent.captured_at)},
                  {"found_at", base::to_iso_millis(intent.changed_at)},
                  {"evidence", intent.evidence}};
}

Result<Document> field_conflict(Parts& parts, const Intent& intent) {
  TRY_ASSIGN(const Document theirs, theirs_of(parts, intent));
  base::List fields;
  for (const base::Field& field : intent.fields) {
    fields.push_back(Document{{"field", field.name},
                              {"base", value_in(intent.base, field.name)},
                              {"ours", field.value},
                              {"theirs", value_in(theirs, field.name)}});
  }
  Document row = head_of(intent);
  row.set("fields", std::move(fields));
  row.set("choices", base::List{"ours", "theirs", "value"});
  return row;
}

Document act_document(const Intent& act) {
  base::List files;
  for (const storage::Attachment& file : act.attachments) files.push_back(file.name);
  return Document{{"id", act.id.raw()},
                  {"action", storage::name(act.act)},
                  {"state", storage::name(act.state)},
                  {"cause", base::info(act.cause).id},
                  {"evidence", act.evidence},
                  {"author", act.author},
                  {"captured_at", base::to_iso_millis(act.captured_at)},
                  {"fields", act.fields},
                  {"files", std::move(files)}};
}

/// One row for all work of the item.
Result<Document> gone_conflict(Parts& parts, const Intent& first) {
  TRY_ASSIGN(const auto record, parts.view->record(first.item));
  Document row = head_of(first);
  const auto* kind = kinds::find_kind(record.kind.raw());
  row.set("title", kind ? record.fields.text(kind->title_field) : "");
  base::List acts;
  bool refused = false;
  for (const Intent& act : record.pending) {
    acts.push_back(act_document(act));
    refused = refused || (act.act == storage::Act::restore && act.state == IntentState::held);
  }
  row.set("acts", std::move(acts));
  base::List choices;
  const app::RemoteParts* remote = parts.find_remote(record.remote);
  const bool can =
      remote != nullptr && remote->service->can_push(record.kind, net::Action::restore);
  if (can && !refused) choices.push_back("restore");
  if (remote != nullptr && remote->service->can_push(record.kind, net::Action::create)) {
    choices.push_back("new");
  }
  choices.push_back("let-go");
  row.set("choices", std::move(choices));
  return row;
}

Result<> add_vanished(Parts& parts, base::List& rows) {
  TRY_ASSIGN(const auto follows, parts.work->follows());
  for (const storage::Follow& follow : follows) {
    for (const kinds::KindDescriptor& kind : kinds::all_kinds()) {
      const base::KindId id{std::string(kind.id)};
      TRY_ASSIGN(const auto vanished, parts.mirror->in_question(follow.remote, follow.project, id));
      if (vanished == 0) continue;
      TRY_ASSIGN(const auto known, parts.mirror->count(follow.remote, follow.project, id));
      rows.push_back(Document{{"id", follow.project.raw() + "/" + id.raw()},
                              {"cause", base::info(Cause::mass_vanishing).id},
                              {"kind", id.raw()},
                              {"tool", kind.tool},
                              {"project", follow.project.raw()},
                              {"records", vanished},
                              {"of", known},
                              {"choices", base::List{"accept", "keep"}}});
    }
  }
  return base::Done{};
}

}  // namespace

Result<Document> conflicts(Parts& parts, const Document&) {
  base::List rows;
  std::map<base::RecordId, Intent> gone;  // by item: its first act
  TRY(parts.work->each_open([&](const Intent& intent) -> Result<> {
    if (sync::is_held_as_gone(intent)) gone.emplace(intent.item, intent);
    if (intent.state != IntentState::held || intent.cause != Cause::conflict) return base::Done{};
    TRY_ASSIGN(Document row, field_conflict(parts, intent));
    rows.push_back(std::move(row));
    return base::Done{};
  }));
  for (const auto& [item, first] : gone) {
    TRY_ASSIGN(Document row, gone_conflict(parts, first));
    rows.push_back(std::move(row));
  }
  TRY(add_vanished(parts, rows));
  return Document{{"conflicts", std::move(rows)}};
}

}  // namespace fieldsync::verbs
