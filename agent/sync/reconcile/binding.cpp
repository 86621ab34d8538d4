#include "agent/sync/reconcile/binding.h"

#include <algorithm>

namespace fieldsync::sync {

using base::Cause;
using base::Failure;
using base::Result;
using base::Value;
using storage::Act;
using storage::Intent;

namespace {

net::Action to_action(Act act) {
  switch (act) {
    case Act::create:
      return net::Action::create;
    case Act::edit:
      return net::Action::edit;
    case Act::reply:
      return net::Action::reply;
    case Act::attach:
      return net::Action::attach;
    case Act::remove:
      return net::Action::remove;
    case Act::restore:
      return net::Action::restore;
  }
  FS_CHECK(false);
}

/// A reference may name a record by its local id ("album-n7k2…", "drawing-4711") or by the
/// service's own.
Result<std::string> bind_reference(Context& context, const std::string& text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string::npos || kinds::find_kind(text.substr(0, dash)) == nullptr) return text;
  TRY_ASSIGN(const auto id, service_id(context.work, base::RecordId(text)));
  if (!id) return Failure{Cause::waiting_for_other, text + " is not delivered yet"};
  return id->raw();
}

Result<> bind_references(Context& context, const kinds::KindDescriptor& kind,
                         base::Document& fields) {
  base::Document bound;
  for (const base::Field& field : fields) {
    const kinds::FieldDescriptor* descriptor = kind.field(field.name);
    Value value = field.value;
    if (descriptor && descriptor->type == kinds::FieldType::reference && value.as_text()) {
      TRY_ASSIGN(value, bind_reference(context, *field.value.as_text()));
    } else if (descriptor && descriptor->type == kinds::FieldType::references && value.as_list()) {
      for (Value& item : *value.as_list()) {
        if (!item.as_text()) continue;
        TRY_ASSIGN(item, bind_reference(context, *item.as_text()));
      }
    }
    bound.set(field.name, std::move(value));
  }
  fields = std::move(bound);
  return base::Done{};
}

}  // namespace

kinds::Level level_in(const Remote& remote, const base::ProjectId& project, std::string_view tool) {
  const auto rights = remote.rights.find(project);
  if (rights == remote.rights.end()) return kinds::Level::standard;
  const auto found = rights->second.tools.find(std::string(tool));
  return found == rights->second.tools.end() ? kinds::Level::standard : found->second.level;
}

Result<std::optional<storage::RecordKey>> key_of(Context& context, const Intent& intent) {
  TRY_ASSIGN(const auto id, service_id(context.work, intent.item));
  if (!id) return std::optional<storage::RecordKey>{};
  return std::optional(storage::RecordKey{intent.remote, intent.project, intent.kind, *id});
}

std::set<std::string> attachment_ids(const base::Document& record) {
  std::set<std::string> ids;
  const base::Value* attachments = record.find(kAttachments);
  const base::List* list = attachments ? attachments->as_list() : nullptr;
  if (!list) return ids;
  for (const base::Value& each : *list) {
    const base::Document* document = each.as_document();
    if (document && !document->text("id").empty()) ids.insert(document->text("id"));
  }
  return ids;
}

Result<net::PushOp> bind(Context& context, const Intent& intent) {
  const kinds::KindDescriptor* kind = kinds::find_kind(intent.kind.raw());
  if (kind == nullptr) {
    return Failure{Cause::newer_version, "unknown record kind \"" + intent.kind.raw() + "\""};
  }
  net::PushOp op;
  op.action = to_action(intent.act);
  op.kind = intent.kind;
  op.project = intent.project;
  op.fields = intent.fields;
  op.token = intent.token;
  op.captured_at = intent.captured_at;
  op.level = level_in(context.remote, intent.project, kind->tool);
  if (intent.act != Act::reply) TRY(bind_references(context, *kind, op.fields));
  if (intent.act != Act::create) {
    TRY_ASSIGN(const auto key, key_of(context, intent));
    if (!key) return Failure{Cause::waiting_for_other, intent.item.raw() + " is not delivered yet"};
    op.id = key->id;
    TRY_ASSIGN(const auto record, context.mirror.record(*key));
    if (record) op.current = record->fields;
  }
  if (intent.act == Act::attach) op.had = attachment_ids(intent.base);
  TRY_ASSIGN(const auto uploads, context.work.uploads_of(intent.id));
  for (std::size_t i = 0; i < intent.attachments.size(); ++i) {
    const storage::Attachment& attachment = intent.attachments[i];
    net::UploadedFile file{"", attachment.name, attachment.content_type, attachment.size,
                           attachment.blob};
    for (const storage::Upload& upload : uploads) {
      if (upload.position == static_cast<int>(i)) file.upload_id = upload.service_id;
    }
    op.files.push_back(std::move(file));
  }
  return op;
}

}  // namespace fieldsync::sync
