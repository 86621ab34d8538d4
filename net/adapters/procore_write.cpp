#include "net/adapters/procore_write.h"

#include <algorithm>
#include <set>

#include "net/adapters/procore_text.h"
#include "platform/base/json.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"

namespace fieldsync::net::procore {
namespace {

using base::List;
using base::Value;

constexpr std::size_t kShownBytesMax = 60;

bool is_blank(const Value* value) {
  if (value == nullptr || value->is_null()) return true;
  if (const std::string* text = value->as_text()) return base::trimmed(*text).empty();
  const List* list = value->as_list();
  return list != nullptr && list->empty();
}

std::set<std::string> id_set(const Value* value) {
  std::set<std::string> ids;
  const List* list = value != nullptr ? value->as_list() : nullptr;
  if (list == nullptr) return ids;
  for (const Value& id : *list) ids.insert(base::plain_text(id));
  return ids;
}

Value write_value(const Value& value, Shape shape) {
  const std::string* text = value.as_text();
  switch (shape) {
    case Shape::plain:
      return value;
    case Shape::date:
      return text != nullptr && text->empty() ? Value{} : value;
    case Shape::html:
      return text != nullptr ? Value(to_html(*text)) : value;
    case Shape::id:
      if (text == nullptr) return value;
      return text->empty() ? Value{} : id_value(*text);
    case Shape::ids:
      return id_values(value);
    case Shape::impact:
      return Document{{"status", value}};
  }
  return value;
}

bool same(const Value* ours, const Value* theirs, Shape shape, Action action) {
  switch (shape) {
    case Shape::ids: {
      const auto sent = id_set(ours);
      const auto there = id_set(theirs);
      if (action == Action::create) {
        return std::includes(there.begin(), there.end(), sent.begin(), sent.end());
      }
      return sent == there;
    }
    case Shape::html:
      return same_text(ours, theirs);
    case Shape::plain:
      if (ours != nullptr && ours->as_text() != nullptr) return same_text(ours, theirs);
      break;
    case Shape::date:
    case Shape::id:
    case Shape::impact:
      break;
  }
  if (is_blank(ours) || is_blank(theirs)) return is_blank(ours) && is_blank(theirs);
  return base::plain_text(*ours) == base::plain_text(*theirs);
}

std::string shown(const Value* value) {
  if (is_blank(value)) return "nothing";
  const std::string text = base::printable(base::plain_text(*value));
  const auto part = base::utf8_prefix(text, kShownBytesMax);
  return '"' + std::string(part) + (part.size() < text.size() ? "…\"" : "\"");
}

bool is_withheld(const Site& site, kinds::Level level, const WriteField& field) {
  return field.who == Who::admins && level != kinds::Level::admin &&
         site.options().admin_fields == ProcoreOptions::AdminFields::leave_out;
}

}  // namespace

std::vector<std::string> withheld_fields(const Site& site, kinds::Level level,
                                         std::span<const WriteField> table) {
  std::vector<std::string> names;
  for (const WriteField& field : table) {
    if (is_withheld(site, level, field)) names.emplace_back(field.ours);
  }
  return names;
}

bool is_sent(const Site& site, const PushOp& op, const WriteField& field) {
  const Value* value = op.fields.find(field.ours);
  if (value == nullptr) return false;
  if (is_withheld(site, op.level, field)) return false;
  if (field.shape != Shape::date || is_blank(value)) return true;
  const std::string* text = value->as_text();
  return text != nullptr && base::is_iso_date(*text);
}

Document written(const Site& site, const PushOp& op, std::span<const WriteField> table) {
  Document body;
  for (const WriteField& field : table) {
    if (!is_sent(site, op, field)) continue;
    body.set(field.theirs, write_value(*op.fields.find(field.ours), field.shape));
  }
  return body;
}

void note_missing_fields(const Site& site, const PushOp& op, std::span<const WriteField> table,
                         const RemoteRecord& record, std::vector<std::string>& missing) {
  for (const WriteField& field : table) {
    if (!is_sent(site, op, field)) continue;
    const Value* ours = op.fields.find(field.ours);
    const Value* theirs = record.fields.find(field.ours);
    if (same(ours, theirs, field.shape, op.action)) continue;
    // What somebody wrote over our capture since it was made is no lack of it.
    if (op.action == Action::create && is_edited(record) && !is_blank(theirs)) continue;
    missing.push_back(std::string(field.ours) + " is " + shown(theirs) + ", not " + shown(ours));
  }
}

void note_missing_files(const std::vector<UploadedFile>& files, const std::set<std::string>& had,
                        const Value* children, std::vector<std::string>& missing) {
  std::vector<std::string> there;
  if (const List* list = children != nullptr ? children->as_list() : nullptr) {
    for (const Value& child : *list) {
      const Document* document = child.as_document();
      if (document && had.count(document->text("id")) == 0) there.push_back(document->text("name"));
    }
  }
  std::vector<const UploadedFile*> left;
  // Exact names first, so that a name the service changed is not matched with another's.
  for (const UploadedFile& file : files) {
    const auto at = std::find(there.begin(), there.end(), file.name);
    if (at == there.end()) {
      left.push_back(&file);
    } else {
      there.erase(at);
    }
  }
  for (const UploadedFile* file : left) {
    const auto at = std::find_if(there.begin(), there.end(), [&](const std::string& name) {
      return same_file_name(name, file->name);
    });
    if (at == there.end()) {
      missing.push_back("attachment " + base::printable(file->name) + " is not there");
    } else {
      there.erase(at);
    }
  }
}

List upload_ids(const Site& site, const PushOp& op) {
  List ids;
  const bool replaces =
      op.action != Action::create && op.action != Action::reply &&
      site.options().upload_ids_on_patch == ProcoreOptions::UploadIdsOnPatch::replace;
  const Value* attached = replaces ? op.current.find("attachments") : nullptr;
  if (const List* list = attached != nullptr ? attached->as_list() : nullptr) {
    for (const Value& child : *list) {
      const Document* document = child.as_document();
      if (document == nullptr) continue;
      // Where only the attachment's own id is known the service may refuse it; leaving it out would
      // silently take the attachment away.
      std::string id = document->text("upload_id");
      if (id.empty()) id = document->text("id");
      if (!id.empty()) ids.push_back(id_value(id));
    }
  }
  for (const UploadedFile& file : op.files) ids.push_back(file.upload_id);
  return ids;
}

bool in_window(const LookUp& look, const Document& fields, std::string_view author_field,
               std::string_view time_field) {
  const std::string author = fields.text(author_field);
  if (!author.empty() && author != look.me.raw()) return false;
  const auto at = base::parse_iso(fields.text(time_field));
  if (!at) return true;
  const base::Millis second(1000);
  return *at + second > look.since && *at < look.until + second;
}

bool is_edited(const RemoteRecord& record) {
  const auto created = base::parse_iso(record.fields.text("created_at"));
  return created && record.updated_at && *record.updated_at > *created;
}

bool same_text(const Value* a, const Value* b) {
  const auto text = [](const Value* value) {
    return value == nullptr ? std::string() : comparable(base::plain_text(*value));
  };
  return text(a) == text(b);
}

bool same_text(const Document& a, const Document& b, std::string_view field) {
  return same_text(a.find(field), b.find(field));
}

}  // namespace fieldsync::net::procore
