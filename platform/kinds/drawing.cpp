#include "platform/kinds/descriptors.h"

/// Drawings (facts/procore-api.md 9). A `drawing` is one revision of a sheet: that is what has a
/// PDF and what people build from. All of it is read here and written in the office.
namespace fieldsync::kinds {
namespace {

FieldDescriptor theirs(std::string_view name, FieldType type) {
  return {.name = name, .type = type, .merge = MergeRule::server_owned};
}

KindDescriptor named_group(std::string_view id, std::string_view label) {
  return {id,
          "drawings",
          label,
          "name",
          Attachments::no,
          Writable::no,
          {theirs("name", FieldType::text), theirs("updated_at", FieldType::time)}};
}

}  // namespace

KindDescriptor drawing_kind() {
  using T = FieldType;
  return {
      "drawing",
      "drawings",
      "Drawing",
      "number",
      Attachments::no,
      Writable::no,
      {theirs("number", T::text), theirs("title", T::text), theirs("revision", T::text),
       theirs("discipline", T::reference), theirs("area", T::reference),
       theirs("set", T::reference), theirs("current", T::boolean), theirs("obsolete", T::boolean),
       theirs("drawing_date", T::date), theirs("received_date", T::date),
       theirs("pdf_size", T::integer), theirs("updated_at", T::time)}};
}

KindDescriptor drawing_area_kind() { return named_group("drawing_area", "Drawing area"); }
KindDescriptor drawing_set_kind() { return named_group("drawing_set", "Drawing set"); }
KindDescriptor drawing_discipline_kind() {
  return named_group("drawing_discipline", "Drawing discipline");
}

}  // namespace fieldsync::kinds
