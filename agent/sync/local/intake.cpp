#include "agent/sync/local/intake.h"

#include "agent/sync/local/tuning.h"
#include "agent/sync/remote/context.h"
#include "agent/sync/remote/tuning.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"

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

namespace {

Result<const kinds::KindDescriptor*> writable_kind(const base::KindId& id) {
  const kinds::KindDescriptor* kind = kinds::find_kind(id.raw());
  if (kind == nullptr) return Failure{Cause::bad_input, "no kind \"" + id.raw() + "\""};
  if (kind->writable == kinds::Writable::no) {
    return Failure{Cause::bad_input, std::string(kind->label) + ": kept by the service, read here"};
  }
  return kind;
}

/// Typed fields from what a person gave: texts are parsed, other values checked as they are.
Result<Document> typed(const kinds::KindDescriptor& kind, const Document& given,
                       kinds::Purpose purpose) {
  Document fields;
  for (const base::Field& field : given) {
    const kinds::FieldDescriptor* descriptor = kind.field(field.name);
    if (descriptor == nullptr) {
      return Failure{Cause::field_invalid,
                     std::string(kind.label) + " has no field \"" + field.name + "\""};
    }
    const std::string* text = field.value.as_text();
    if (text == nullptr) {
      fields.set(field.name, field.value);
      continue;
    }
    if (text->size() > tuning::kTextBytesMax) {
      return Failure{Cause::field_invalid,
                     field.name + ": longer than " + base::bytes_to_human(tuning::kTextBytesMax)};
    }
    if (!base::is_utf8(*text)) return Failure{Cause::field_invalid, field.name + ": not UTF-8"};
    TRY_ASSIGN(base::Value value, kinds::parse_field(kind, *descriptor, *text));
    fields.set(field.name, std::move(value));
  }
  TRY(kinds::validate(kind, fields, purpose));
  return fields;
}

base::Value value_in(const Document& fields, const std::string& name) {
  const base::Value* value = fields.find(name);
  return value ? *value : base::Value{};
}

/// What a person who removes the record knows of it: the plain fields people write. A removal is
/// held when one of them was changed by others meanwhile.
Document as_seen(const kinds::KindDescriptor& kind, const Document& fields) {
  Document seen;
  for (const base::Field& field : fields) {
    const kinds::FieldDescriptor* descriptor = kind.field(field.name);
    if (descriptor == nullptr || descriptor->merge == kinds::MergeRule::server_owned) continue;
    switch (descriptor->type) {
      case kinds::FieldType::reference:  // ids differ until they are bound
      case kinds::FieldType::references:
      case kinds::FieldType::children:
        break;
      case kinds::FieldType::text:
      case kinds::FieldType::long_text:
      case kinds::FieldType::integer:
      case kinds::FieldType::decimal:
      case kinds::FieldType::boolean:
      case kinds::FieldType::date:
      case kinds::FieldType::time:
      case kinds::FieldType::choice:
        seen.set(field.name, field.value);
    }
  }
  return seen;
}

/// In these states nothing of the act can be in effect at the service: it was not sent, or was
/// refused, or was looked for and not found.
bool may_still_change(const Intent& intent) {
  return intent.state == IntentState::queued || intent.state == IntentState::waiting ||
         (intent.state == IntentState::held &&
          storage::resumed_state(intent) == IntentState::queued);
}

}  // namespace

std::string Intake::random_id(int length) { return host_.random.base32(length); }

Intent Intake::blank(const base::KindId& kind, Act act, const std::string& author) {
  Intent intent;
  intent.kind = kind;
  intent.act = act;
  intent.author = author;
  intent.captured_at = intent.changed_at = host_.clock.wall();
  intent.token = random_id(tuning::kTokenLength);
  return intent;
}

Result<> Intake::check_files(const std::vector<Attachment>& files) const {
  for (const Attachment& file : files) {
    TRY_ASSIGN(const bool here, originals_.has(file.blob));
    if (!here || file.size <= 0) {
      return Failure{Cause::file_unreadable, file.name + ": its bytes were not taken in"};
    }
  }
  return base::Done{};
}

Result<std::vector<Intent>> Intake::create(const Capture& capture) {
  TRY_ASSIGN(const auto* kind, writable_kind(capture.kind));
  TRY(check_files(capture.files));
  const bool is_photo = capture.kind.raw() == "photo";
  if (is_photo && capture.files.empty()) {
    return Failure{Cause::bad_input, "a photo needs a file"};
  }
  if (!is_photo && !capture.files.empty() && kind->attachments == kinds::Attachments::no) {
    return Failure{Cause::bad_input, std::string(kind->label) + " takes no attachments"};
  }
  Document given = capture.fields;
  if (capture.kind.raw() == "note" && !given.has("date")) {
    const base::WallTime now = host_.clock.wall();
    given.set("date", base::to_iso_date(now, host_.clock.utc_offset_minutes(now)));
  }
  TRY_ASSIGN(const Document fields, typed(*kind, given, kinds::Purpose::create));

  std::vector<Intent> intents;
  const std::size_t records = is_photo ? capture.files.size() : 1;
  for (std::size_t i = 0; i < records; ++i) {
    Intent intent = blank(capture.kind, Act::create, capture.author);
    intent.item = RecordId(capture.kind.raw() + "-n" + random_id(tuning::kIdLength));
    intent.remote = capture.remote;
    intent.project = capture.project;
    intent.fields = fields;
    intent.attachments = is_photo ? std::vector<Attachment>{capture.files[i]} : capture.files;
    if (is_photo) intent.fields.set("filename", capture.files[i].name);
    intents.push_back(std::move(intent));
  }
  return work_.add(std::move(intents));
}

Result<std::optional<Intent>> Intake::edit(const RecordId& item, const Document& given,
                                           const std::string& author) {
  TRY_ASSIGN(const ViewRecord record, view_.record(item));
  TRY_ASSIGN(const auto* kind, writable_kind(record.kind));
  TRY_ASSIGN(const Document fields, typed(*kind, given, kinds::Purpose::edit));
  Document changed;
  Document seen;
  for (const base::Field& field : fields) {
    const base::Value before = value_in(record.fields, field.name);
    if (before == field.value) continue;
    changed.set(field.name, field.value);
    seen.set(field.name, before);
  }
  if (changed.empty()) return std::optional<Intent>{};
  if (!record.pending.empty() && may_still_change(record.pending.back())) {
    Intent last = record.pending.back();
    if (last.act == Act::create || last.act == Act::edit) {
      for (const base::Field& field : changed) {
        if (last.act == Act::edit && !last.base.has(field.name)) {
          last.base.set(field.name, *seen.find(field.name));
        }
        last.fields.set(field.name, field.value);
      }
      if (last.state == IntentState::held) {
        last.state = IntentState::queued;  // the person changed what was refused: try again
        last.cause = Cause::none;
        last.next_attempt = {};
      }
      last.changed_at = host_.clock.wall();
      TRY(work_.update(last));
      return std::optional(last);
    }
  }
  Intent intent = blank(record.kind, Act::edit, author);
  intent.fields = std::move(changed);
  intent.base = std::move(seen);
  TRY_ASSIGN(Intent added, add_for(record, std::move(intent)));
  return std::optional(std::move(added));
}

Result<Intent> Intake::reply(const RecordId& item, const std::string& body,
                             std::vector<Attachment> files, const std::string& author) {
  TRY_ASSIGN(const ViewRecord record, view_.record(item));
  const kinds::KindDescriptor* kind = kinds::find_kind(record.kind.raw());
  if (kind == nullptr || kind->field("replies") == nullptr) {
    return Failure{Cause::bad_input, item.raw() + ": only RFIs can be replied to"};
  }
  if (base::trimmed(body).empty()) return Failure{Cause::field_required, "reply: no text"};
  if (body.size() > tuning::kTextBytesMax || !base::is_utf8(body)) {
    return Failure{Cause::field_invalid, "reply: too long, or not UTF-8"};
  }
  TRY(check_files(files));
  Intent intent = blank(record.kind, Act::reply, author);
  intent.fields.set("body", body);
  intent.attachments = std::move(files);
  return add_for(record, std::move(intent));
}

Result<Intent> Intake::attach(const RecordId& item, std::vector<Attachment> files,
                              const std::string& author) {
  TRY_ASSIGN(const ViewRecord record, view_.record(item));
  TRY_ASSIGN(const auto* kind, writable_kind(record.kind));
  if (kind->attachments == kinds::Attachments::no) {
    return Failure{Cause::bad_input, std::string(kind->label) + " takes no attachments"};
  }
  if (files.empty()) return Failure{Cause::bad_input, "attach: no file"};
  TRY(check_files(files));
  Intent intent = blank(record.kind, Act::attach, author);
  intent.attachments = std::move(files);
  return add_for(record, std::move(intent));
}

Result<Intent> Intake::remove(const RecordId& item, const std::string& author) {
  TRY_ASSIGN(const ViewRecord record, view_.record(item));
  TRY_ASSIGN(const auto* kind, writable_kind(record.kind));
  if (!record.pending.empty()) {
    Intent first = record.pending.front();
    if (first.act == Act::create && may_still_change(first)) {
      first.state = IntentState::cancelled;
      first.cause = Cause::none;
      first.evidence = "taken back before it was sent";
      first.changed_at = host_.clock.wall();
      TRY(work_.update_and_release(first));
      return first;
    }
  }
  Intent removal = blank(record.kind, Act::remove, author);
  removal.base = as_seen(*kind, record.fields);
  return add_for(record, std::move(removal));
}

Result<Intent> Intake::add_for(const ViewRecord& record, Intent intent) {
  const bool is_made = !record.service_id.raw().empty() ||
                       (!record.pending.empty() && record.pending.front().act == Act::create);
  if (!is_made) {
    TRY_ASSIGN(const auto id, service_id(work_, record.id));
    if (!id) {
      return Failure{Cause::not_found, record.id.raw() + ": was taken back before it was sent"};
    }
  }
  intent.item = record.id;
  intent.remote = record.remote;
  intent.project = record.project;
  TRY_ASSIGN(auto added, work_.add({std::move(intent)}));
  FS_CHECK(added.size() == 1);
  return std::move(added.front());
}

}  // namespace fieldsync::sync
