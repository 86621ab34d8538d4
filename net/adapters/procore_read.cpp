#include "net/adapters/procore_read.h"

#include <algorithm>
#include <array>

#include "net/adapters/tuning.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"

namespace fieldsync::net::procore {
namespace {

using base::Cause;
using base::Document;
using base::Failure;
using base::List;
using base::Result;
using base::Value;

const Document& nothing() {
  static const Document kNothing;
  return kNothing;
}

std::string type_name(const Value& value) {
  if (value.is_null()) return "null";
  if (value.as_bool() != nullptr) return "a boolean";
  if (value.as_integer() != nullptr || value.as_number() != nullptr) return "a number";
  if (value.as_text() != nullptr) return "text";
  return value.as_list() != nullptr ? "a list" : "an object";
}

bool is_id_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_';
}

}  // namespace

std::optional<ServiceId> read_id(const Value* value) {
  if (value == nullptr) return std::nullopt;
  if (const auto* number = value->as_integer()) {
    if (*number <= 0) return std::nullopt;
    return ServiceId(std::to_string(*number));
  }
  const std::string* text = value->as_text();
  const bool usable = text != nullptr && !text->empty() && text->size() <= tuning::kIdBytesMax &&
                      std::all_of(text->begin(), text->end(), is_id_char);
  return usable ? std::optional(ServiceId(*text)) : std::nullopt;
}

std::optional<ServiceId> read_id_of(const Value* value) {
  if (value == nullptr) return std::nullopt;
  if (const Document* document = value->as_document()) return read_id(document->find("id"));
  return read_id(value);
}

FieldReader::FieldReader(const Value& record, std::string_view what)
    : what_(what), source_(&nothing()) {
  const Document* document = record.as_document();
  if (document == nullptr) {
    failure_ = Failure{Cause::unexpected_answer,
                       what_ + ": " + type_name(record) + " where a record should be"};
    return;
  }
  source_ = document;
  if (const auto id = read_id(document->find("id"))) {
    id_ = *id;
    what_ += " " + id_.raw();
  } else {
    fail("id", "is missing or no id");
  }
}

void FieldReader::fail(std::string_view field, std::string_view problem) {
  if (failure_) return;
  failure_ = Failure{Cause::unexpected_answer,
                     what_ + ": field " + std::string(field) + " " + std::string(problem)};
}

const Value* FieldReader::wanted(std::string_view theirs, std::string_view ours) {
  if (failure_) return nullptr;
  const Value* value = source_->find(theirs);
  if (value == nullptr) return nullptr;
  if (value->is_null()) {
    fields_.set(ours, Value{});
    return nullptr;
  }
  return value;
}

FieldReader& FieldReader::text(std::string_view theirs, std::string_view ours) {
  const Value* value = wanted(theirs, ours);
  if (value == nullptr) return *this;
  if (value->as_text() != nullptr) {
    fields_.set(ours, *value);
  } else {
    fail(theirs, "is " + type_name(*value) + ", not text");
  }
  return *this;
}

FieldReader& FieldReader::label(std::string_view theirs, std::string_view ours) {
  const Value* value = wanted(theirs, ours);
  if (value == nullptr) return *this;
  if (const auto* number = value->as_integer()) {
    fields_.set(ours, std::to_string(*number));
    return *this;
  }
  return text(theirs, ours);
}

FieldReader& FieldReader::choice(std::string_view theirs, std::string_view ours) {
  const Value* value = wanted(theirs, ours);
  if (value == nullptr) return *this;
  const Document* object = value->as_document();
  if (object == nullptr) return text(theirs, ours);
  for (const std::string_view name : {"status", "value", "name"}) {
    const Value* inner = object->find(name);
    if (inner == nullptr) continue;
    if (inner->as_text() == nullptr && !inner->is_null()) continue;
    fields_.set(ours, *inner);
    return *this;
  }
  fail(theirs, "is an object without a name");
  return *this;
}

FieldReader& FieldReader::boolean(std::string_view theirs, std::string_view ours) {
  const Value* value = failure_ ? nullptr : source_->find(theirs);
  if (value == nullptr || value->is_null()) return *this;
  if (value->as_bool() != nullptr) {
    fields_.set(ours, *value);
  } else {
    fail(theirs, "is " + type_name(*value) + ", not true or false");
  }
  return *this;
}

FieldReader& FieldReader::integer(std::string_view theirs, std::string_view ours) {
  const Value* value = wanted(theirs, ours);
  if (value == nullptr) return *this;
  if (value->as_integer() != nullptr) {
    fields_.set(ours, *value);
  } else {
    fail(theirs, "is " + type_name(*value) + ", not a whole number of 64 bits");
  }
  return *this;
}

FieldReader& FieldReader::date(std::string_view theirs, std::string_view ours) {
  const Value* value = wanted(theirs, ours);
  if (value == nullptr) return *this;
  const std::string* text = value->as_text();
  const bool is_day = text != nullptr && base::is_iso_date(*text);
  const bool is_time = text != nullptr && base::parse_iso(*text).has_value();
  if (is_day || is_time) {
    fields_.set(ours, text->substr(0, 10));
  } else {
    fail(theirs, "is no day");
  }
  return *this;
}

FieldReader& FieldReader::time(std::string_view theirs, std::string_view ours) {
  const Value* value = wanted(theirs, ours);
  if (value == nullptr) return *this;
  const std::string* text = value->as_text();
  const auto at = text != nullptr ? base::parse_iso(*text) : std::nullopt;
  if (at) {
    fields_.set(ours, base::to_iso_seconds(*at));
  } else {
    fail(theirs, "is no time");
  }
  return *this;
}

FieldReader& FieldReader::reference(std::string_view theirs, std::string_view ours) {
  const Value* value = wanted(theirs, ours);
  if (value == nullptr) return *this;
  if (const auto id = read_id_of(value)) {
    fields_.set(ours, id->raw());
  } else {
    fail(theirs, "has no usable id");
  }
  return *this;
}

FieldReader& FieldReader::references(std::string_view theirs, std::string_view ours) {
  const Value* value = wanted(theirs, ours);
  if (value == nullptr) return *this;
  const List* list = value->as_list();
  if (list == nullptr) {
    fail(theirs, "is " + type_name(*value) + ", not a list");
    return *this;
  }
  std::vector<std::string> ids;
  for (const Value& item : *list) {
    const auto id = read_id_of(&item);
    if (!id) {
      fail(theirs, "holds something without a usable id");
      return *this;
    }
    ids.push_back(id->raw());
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  fields_.set(ours, List(ids.begin(), ids.end()));
  return *this;
}

FieldReader& FieldReader::name_of(std::string_view theirs, std::string_view ours) {
  if (failure_) return *this;
  const std::string name = text_in(source_->find(theirs), "name");
  if (!name.empty()) fields_.set(ours, name);
  return *this;
}

Result<RemoteRecord> finish(FieldReader& reader, std::string_view kind, Extent extent) {
  if (reader.failed()) return *reader.failure();
  RemoteRecord record;
  record.kind = KindId(std::string(kind));
  record.id = reader.id();
  record.extent = extent;
  record.updated_at = base::parse_iso(reader.fields().text("updated_at"));
  record.fields = std::move(reader.fields());
  return record;
}

List read_attachments(FieldReader& reader, const Value* list, std::vector<RemoteFile>& files) {
  List children;
  if (list == nullptr || list->is_null() || reader.failed()) return children;
  const List* items = list->as_list();
  if (items == nullptr) {
    reader.fail("attachments", "is " + type_name(*list) + ", not a list");
    return children;
  }
  for (const Value& item : *items) {
    const Document* document = item.as_document();
    const auto id = read_id_of(&item);
    if (document == nullptr || !id) {
      reader.fail("attachments", "holds something without a usable id");
      return {};
    }
    std::string name = document->text("name");
    if (name.empty()) name = document->text("filename");
    RemoteFile file;
    file.slot = "attachment:" + id->raw();
    file.name = name;
    file.url = usable_url(document->find("url"));
    files.push_back(std::move(file));
    children.push_back(Document{{"id", id->raw()}, {"name", name}});
  }
  return children;
}

std::string usable_url(const Value* url) {
  const std::string* text = url != nullptr ? url->as_text() : nullptr;
  if (text == nullptr || text->size() > tuning::kTicketUrlBytesMax) return {};
  const auto parsed = parse_url(*text);
  if (!parsed) return {};
  return parsed->scheme == "https" || is_loopback(parsed->host) ? *text : std::string();
}

std::string text_in(const Value* object, std::string_view field) {
  const Document* document = object != nullptr ? object->as_document() : nullptr;
  return document != nullptr ? document->text(field) : std::string();
}

}  // namespace fieldsync::net::procore
