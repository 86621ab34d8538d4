#include "agent/sync/local/decisions.h"

#include <algorithm>

#include "agent/sync/remote/context.h"
#include "agent/sync/remote/tuning.h"

namespace fieldsync::sync {

using base::Cause;
using base::Document;
using base::Failure;
using base::RecordId;
using base::Result;
using storage::Act;
using storage::Attachment;
using storage::Intent;
using storage::IntentState;
using storage::Resolution;

namespace {

bool is_unsent(IntentState state) {
  return state == IntentState::queued || state == IntentState::waiting ||
         state == IntentState::held;
}

void cancel(Intent& intent, const std::string& why) {
  intent.state = IntentState::cancelled;
  intent.cause = Cause::none;
  intent.evidence = why + (intent.evidence.empty() ? "" : "; it was: " + intent.evidence);
}

void queue_again(Intent& intent, const std::string& why) {
  intent.state = IntentState::queued;
  intent.cause = Cause::none;
  intent.evidence = why;
  intent.attempts = 0;
  intent.next_attempt = {};
}

/// What a person can set of the record when it is made anew.
Document fields_to_send(const kinds::KindDescriptor& kind, const Document& seen) {
  Document fields;
  for (const kinds::FieldDescriptor& field : kind.fields) {
    const bool set_by_service = field.merge == kinds::MergeRule::server_owned ||
                                field.merge == kinds::MergeRule::workflow ||
                                field.type == kinds::FieldType::children;
    const base::Value* value = seen.find(field.name);
    if (set_by_service || value == nullptr || value->is_null()) continue;
    if (value->as_text() && value->as_text()->empty()) continue;
    fields.set(field.name, *value);
  }
  return fields;
}

/// Names of attached files that the service has and `here` lacks.
std::vector<std::string> files_left(const ViewRecord& record, const std::vector<Attachment>& here) {
  std::vector<std::string> left;
  const base::Value* attached = record.fields.find("attachments");
  const base::List* list = attached ? attached->as_list() : nullptr;
  if (list == nullptr) return left;
  for (const base::Value& entry : *list) {
    const Document* file = entry.as_document();
    if (file == nullptr || file->has("pending")) continue;
    const std::string name = file->text("name");
    const bool is_here = std::any_of(here.begin(), here.end(),
                                     [&](const Attachment& each) { return each.name == name; });
    if (!is_here) left.push_back(name);
  }
  return left;
}

}  // namespace

bool is_held_as_gone(const Intent& intent) {
  return intent.state == IntentState::held && intent.cause == Cause::record_gone;
}

Resolution Decisions::begin(const RecordId& item, std::string_view take,
                            const std::string& author) const {
  Resolution resolution;
  resolution.item = item;
  resolution.take = take;
  resolution.author = author;
  resolution.made_at = host_.clock.wall();
  return resolution;
}

Intent Decisions::blank(const ViewRecord& record, Act act, const std::string& author) {
  Intent intent;
  intent.item = record.id;
  intent.remote = record.remote;
  intent.project = record.project;
  intent.kind = record.kind;
  intent.act = act;
  intent.author = author;
  intent.captured_at = intent.changed_at = host_.clock.wall();
  intent.token = host_.random.base32(tuning::kTokenLength);
  return intent;
}

Result<Resolution> Decisions::choose(const Intent& conflict, Side side, const std::string& value,
                                     const std::string& author) {
  Intent intent = conflict;
  intent.changed_at = host_.clock.wall();
  if (side == Side::theirs) {
    cancel(intent, "the office's value was kept");
    return work_.decide({intent}, {}, begin(intent.item, "theirs", author));
  }
  if (side == Side::value) {
    if (intent.fields.size() != 1) {
      return Failure{Cause::bad_input, "several fields are in conflict: take ours or theirs"};
    }
    const auto* kind = kinds::find_kind(intent.kind.raw());
    const std::string name = intent.fields.begin()->name;
    const auto* field = kind ? kind->field(name) : nullptr;
    if (field == nullptr) return Failure{Cause::field_invalid, name + ": not known here"};
    TRY_ASSIGN(base::Value parsed, kinds::parse_field(*kind, *field, value));
    intent.fields.set(name, std::move(parsed));
  }
  // The person has seen what the office wrote: from there on it is an edit like any other.
  TRY_ASSIGN(const auto id, service_id(work_, intent.item));
  Document theirs;
  if (id) {
    TRY_ASSIGN(const auto record,
               mirror_.record({intent.remote, intent.project, intent.kind, *id}));
    if (record) theirs = record->fields;
  }
  for (const base::Field& field : intent.fields) {
    const base::Value* there = theirs.find(field.name);
    intent.base.set(field.name, there ? *there : base::Value{});
  }
  queue_again(intent, "decided by " + author);
  return work_.decide({intent}, {},
                      begin(intent.item, side == Side::ours ? "ours" : "value", author));
}

Result<Decisions::Decided> Decisions::about_gone(const RecordId& item, ForGone take,
                                                 const std::string& author) {
  TRY_ASSIGN(const ViewRecord record, view_.record(item));
  if (std::none_of(record.pending.begin(), record.pending.end(), is_held_as_gone)) {
    return Failure{Cause::not_found, item.raw() + ": no work is held because the record is gone"};
  }
  std::vector<Intent> acts;
  for (const Intent& act : record.pending) {
    if (act.state == IntentState::sending || act.state == IntentState::in_doubt) {
      return Failure{Cause::in_doubt, "act " + std::to_string(act.id.raw()) +
                                          " is on its way: decide when it is settled"};
    }
    if (!is_unsent(act.state)) continue;
    acts.push_back(act);
    acts.back().changed_at = host_.clock.wall();
  }
  switch (take) {
    case ForGone::restore:
      return restore(record, std::move(acts), begin(record.id, "restore", author));
    case ForGone::send_as_new:
      return send_as_new(record, std::move(acts), begin(record.id, "new", author));
    case ForGone::let_go:
      break;
  }
  for (Intent& act : acts) cancel(act, "let go by " + author);
  TRY_ASSIGN(auto resolution,
             work_.decide(std::move(acts), {}, begin(record.id, "let-go", author)));
  return Decided{std::move(resolution), record.id, {}};
}

Result<Decisions::Decided> Decisions::restore(const ViewRecord& record, std::vector<Intent> acts,
                                              Resolution resolution) {
  std::vector<Intent> again;
  std::vector<Intent> added;
  for (Intent& act : acts) {
    if (act.act == Act::restore) again.push_back(std::move(act));
  }
  for (Intent& act : again) queue_again(act, "tried again by " + resolution.author);
  if (again.empty()) added.push_back(blank(record, Act::restore, resolution.author));
  TRY_ASSIGN(resolution, work_.decide(std::move(again), std::move(added), std::move(resolution)));
  return Decided{std::move(resolution), record.id, {}};
}

Result<std::vector<Attachment>> Decisions::files_here(const RecordId& item) {
  std::vector<Attachment> files;
  TRY_ASSIGN(const auto intents, work_.intents_of(item));
  for (const Intent& intent : intents) {
    const bool of_record = intent.act == Act::create || intent.act == Act::attach;
    if (!of_record || intent.state == IntentState::cancelled) continue;
    for (const Attachment& file : intent.attachments) {
      TRY_ASSIGN(const bool here, originals_.has(file.blob));
      if (here) files.push_back(file);
    }
  }
  return files;
}

Result<Intent> Decisions::new_record(const ViewRecord& record, const std::string& author) {
  const auto* kind = kinds::find_kind(record.kind.raw());
  if (kind == nullptr || kind->writable == kinds::Writable::no) {
    return Failure{Cause::bad_input, record.kind.raw() + ": cannot be made from here"};
  }
  Intent create = blank(record, Act::create, author);
  create.item = RecordId(record.kind.raw() + "-n" + host_.random.base32(tuning::kIdLength));
  create.fields = fields_to_send(*kind, record.fields);
  TRY(kinds::validate(*kind, create.fields, kinds::Purpose::create));
  TRY_ASSIGN(create.attachments, files_here(record.id));
  if (record.kind.raw() == "photo" && create.attachments.empty()) {
    return Failure{Cause::file_unreadable,
                   record.id.raw() + ": its picture is not on this machine, so it cannot be sent " +
                       "as new; the work can be let go"};
  }
  return create;
}

Result<Decisions::Decided> Decisions::send_as_new(const ViewRecord& record,
                                                  std::vector<Intent> acts, Resolution resolution) {
  TRY_ASSIGN(Intent create, new_record(record, resolution.author));
  Decided decided;
  decided.item = create.item;
  decided.left_behind = files_left(record, create.attachments);
  std::vector<Intent> added{std::move(create)};
  for (const Intent& act : acts) {
    if (act.act != Act::reply) continue;  // edits and files are in the new record already
    Intent reply = blank(record, Act::reply, act.author);
    reply.item = decided.item;
    reply.fields = act.fields;
    reply.attachments = act.attachments;
    reply.captured_at = act.captured_at;
    added.push_back(std::move(reply));
  }
  for (Intent& act : acts) cancel(act, "sent as the new " + decided.item.raw());
  TRY_ASSIGN(decided.resolution,
             work_.decide(std::move(acts), std::move(added), std::move(resolution)));
  return decided;
}

Result<> Decisions::check_undoable(const Resolution& resolution, std::vector<Intent>& rows) {
  for (const storage::ActSnapshot& left : resolution.after) {
    TRY_ASSIGN(auto row, work_.intent(left.id));
    const std::string name = "act " + std::to_string(left.id.raw());
    if (!row || (!is_unsent(row->state) && row->state != IntentState::cancelled)) {
      return Failure{Cause::refused_by_service, name + " was sent: it cannot be undone any more"};
    }
    if (row->fields != left.fields || row->base != left.base) {
      return Failure{Cause::bad_input, name + " was changed since: nothing is undone"};
    }
    rows.push_back(std::move(*row));
  }
  for (const Intent& made : rows) {
    if (made.item == resolution.item) continue;
    TRY_ASSIGN(const auto open, work_.open_intents_of(made.item));
    for (const Intent& act : open) {
      const bool ours = std::any_of(rows.begin(), rows.end(),
                                    [&](const Intent& row) { return row.id == act.id; });
      if (ours) continue;
      return Failure{Cause::bad_input, made.item.raw() + " was worked on since (act " +
                                           std::to_string(act.id.raw()) + "): nothing is undone"};
    }
  }
  return base::Done{};
}

Result<Resolution> Decisions::undo(const RecordId& item, std::optional<base::IntentId> about) {
  TRY_ASSIGN(const auto resolution, work_.last_resolution(item));
  if (!resolution) return Failure{Cause::not_found, item.raw() + ": nothing was decided"};
  std::vector<Intent> rows;
  TRY(check_undoable(*resolution, rows));
  const auto has = [](const std::vector<storage::ActSnapshot>& acts, base::IntentId id) {
    return std::any_of(acts.begin(), acts.end(), [&](const auto& act) { return act.id == id; });
  };
  if (about && !has(resolution->after, *about)) {
    return Failure{Cause::bad_input, "the latest decision about " + item.raw() + " was about act " +
                                         std::to_string(resolution->after.front().id.raw()) +
                                         ": undo that first"};
  }
  for (Intent& row : rows) {
    row.changed_at = host_.clock.wall();
    const auto before = std::find_if(resolution->before.begin(), resolution->before.end(),
                                     [&](const auto& act) { return act.id == row.id; });
    if (before == resolution->before.end()) {
      cancel(row, "the decision that made it was undone");
      continue;
    }
    row.state = before->state == IntentState::waiting ? IntentState::queued : before->state;
    row.cause = before->cause;
    row.evidence = before->evidence;
    row.fields = before->fields;
    row.base = before->base;
  }
  TRY(work_.undo(*resolution, std::move(rows)));
  return *resolution;
}

}  // namespace fieldsync::sync
