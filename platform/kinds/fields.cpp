#include <algorithm>
#include <charconv>
#include <cmath>

#include "platform/base/text.h"
#include "platform/base/time_text.h"
#include "platform/kinds/kind.h"
#include "platform/tuning.h"

/// What a field accepts, as text from a person and as a value from anywhere.
namespace fieldsync::kinds {
namespace {

using base::Cause;
using base::Document;
using base::Failure;
using base::List;
using base::Result;
using base::Value;
namespace tuning = platform::tuning;

std::string accepted_by(const FieldDescriptor& field) {
  switch (field.type) {
    case FieldType::text:
      return "one line of text";
    case FieldType::long_text:
      return "text of at most 1,000,000 bytes";
    case FieldType::integer:
      return "a whole number";
    case FieldType::decimal:
      return "a number such as 12.5";
    case FieldType::boolean:
      return "true or false";
    case FieldType::date:
      return "a day such as 2026-09-24";
    case FieldType::time:
      return "a time such as 2026-09-24T14:03:10Z";
    case FieldType::choice: {
      std::string names;
      for (const std::string_view choice : field.choices) {
        if (!names.empty()) names += ", ";
        names += choice;
      }
      return "one of " + names;
    }
    case FieldType::reference:
      return "an id";
    case FieldType::references:
      return "ids with commas between";
    case FieldType::children:
      return "only replies and attachments, each added by its own command";
  }
  return {};
}

std::string qualified(const KindDescriptor& kind, std::string_view field) {
  return std::string(kind.id) + "." + base::printable(field);
}

Failure invalid(const KindDescriptor& kind, const FieldDescriptor& field) {
  return {Cause::field_invalid, qualified(kind, field.name) + ": accepts " + accepted_by(field)};
}

bool is_text(const std::string& text) {
  return text.size() <= tuning::kFieldBytesMax && base::is_utf8(text);
}

bool is_line(const std::string& text) {
  return is_text(text) && text.find_first_of("\r\n") == std::string::npos;
}

bool is_id(const Value& value) {
  const std::string* text = value.as_text();
  return text && !text->empty() && is_line(*text);
}

bool is_list_of(const Value& value, bool (*accepts)(const Value&)) {
  const List* list = value.as_list();
  return list && list->size() <= tuning::kSetSizeMax &&
         std::all_of(list->begin(), list->end(), accepts);
}

/// Whether the value, which is not null, is of the field's type.
bool fits(const FieldDescriptor& field, const Value& value) {
  const std::string* text = value.as_text();
  switch (field.type) {
    case FieldType::text:
      return text && is_line(*text);
    case FieldType::long_text:
      return text && is_text(*text);
    case FieldType::integer:
      return value.as_integer() != nullptr;
    case FieldType::decimal:
      return value.as_integer() || (value.as_number() && std::isfinite(*value.as_number()));
    case FieldType::boolean:
      return value.as_bool() != nullptr;
    case FieldType::date:
      return text && base::is_iso_date(*text);
    case FieldType::time:
      return text && base::parse_iso(*text);
    case FieldType::choice:
      return text &&
             std::find(field.choices.begin(), field.choices.end(), *text) != field.choices.end();
    case FieldType::reference:
      return is_id(value);
    case FieldType::references:
      return is_list_of(value, is_id);
    case FieldType::children:
      return is_list_of(value, [](const Value& each) { return each.as_document() != nullptr; });
  }
  return false;
}

/// A switch and a status have no "nothing": they cannot be cleared.
bool may_be_null(const FieldDescriptor& field) {
  return field.type != FieldType::boolean && field.merge != MergeRule::workflow;
}

bool is_blank(const Value& value) {
  if (value.is_null()) return true;
  if (const std::string* text = value.as_text()) return base::trimmed(*text).empty();
  const List* list = value.as_list();
  return list && list->empty();
}

/// The whole text as a number, or null.
template <class Number>
Value number_from(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? Value(number) : Value{};
}

Value ids_from(std::string_view text) {
  List ids;
  for (const std::string& part : base::split(text, ',')) {
    const std::string id(base::trimmed(part));
    if (!id.empty() && std::find(ids.begin(), ids.end(), Value(id)) == ids.end()) {
      ids.push_back(id);
    }
  }
  return ids;
}

Value value_from(const FieldDescriptor& field, std::string_view text) {
  const std::string_view word = base::trimmed(text);
  switch (field.type) {
    case FieldType::text:
    case FieldType::long_text:
      return text;
    case FieldType::integer:
      return number_from<std::int64_t>(word);
    case FieldType::decimal:
      return number_from<double>(word);
    case FieldType::boolean: {
      const std::string lower = base::to_lower_ascii(word);
      if (lower == "true" || lower == "yes") return true;
      if (lower == "false" || lower == "no") return false;
      return {};
    }
    case FieldType::date:
    case FieldType::time:
    case FieldType::choice:
    case FieldType::reference:
      return word;
    case FieldType::references:
      return ids_from(text);
    case FieldType::children:
      return {};
  }
  return {};
}

Result<> validate_field(const KindDescriptor& kind, const base::Field& given, Purpose purpose) {
  const FieldDescriptor* field = kind.field(given.name);
  if (!field) {
    return Failure{Cause::field_invalid, qualified(kind, given.name) + ": there is no such field"};
  }
  if (field->merge == MergeRule::server_owned) {
    return Failure{Cause::field_invalid, qualified(kind, field->name) + ": is set by the service"};
  }
  if (purpose == Purpose::edit && field->settable == Settable::on_create_only) {
    return Failure{Cause::field_invalid,
                   qualified(kind, field->name) + ": cannot be changed after it was captured"};
  }
  if (field->required_on_create && is_blank(given.value)) {
    return Failure{Cause::field_required, qualified(kind, field->name) + ": is empty"};
  }
  const bool good = given.value.is_null() ? may_be_null(*field) : fits(*field, given.value);
  if (!good) return invalid(kind, *field);
  return {};
}

}  // namespace

Result<Value> parse_field(const KindDescriptor& kind, const FieldDescriptor& field,
                          std::string_view text) {
  const bool clears = base::trimmed(text).empty() && field.type != FieldType::text &&
                      field.type != FieldType::long_text && field.type != FieldType::references &&
                      field.type != FieldType::children;
  if (clears && may_be_null(field)) return Value{};
  Value value = value_from(field, text);
  if (value.is_null() || !fits(field, value)) return invalid(kind, field);
  return value;
}

Result<> validate(const KindDescriptor& kind, const Document& fields, Purpose purpose) {
  if (kind.writable == Writable::no) {
    return Failure{Cause::field_invalid, std::string(kind.id) + ": cannot be written from here"};
  }
  for (const base::Field& given : fields) TRY(validate_field(kind, given, purpose));
  if (purpose == Purpose::edit) return {};
  for (const FieldDescriptor& field : kind.fields) {
    if (field.required_on_create && !fields.has(field.name)) {
      return Failure{Cause::field_required, qualified(kind, field.name) + ": is missing"};
    }
  }
  return {};
}

}  // namespace fieldsync::kinds
