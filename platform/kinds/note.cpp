#include "platform/kinds/descriptors.h"

/// Notes of the Daily Log (facts/procore-api.md 10.1). The day is project-local; intake fills in
/// today when nobody says.
namespace fieldsync::kinds {

KindDescriptor note_kind() {
  using T = FieldType;
  using M = MergeRule;
  KindDescriptor kind{"note", "notes", "Note", "comment", Attachments::yes, Writable::create_edit,
                      {}};
  kind.fields = {
      {.name = "comment", .type = T::long_text, .merge = M::text, .required_on_create = true},
      {.name = "date", .type = T::date, .merge = M::scalar},
      {.name = "is_issue_day", .type = T::boolean, .merge = M::scalar},
      {.name = "location", .type = T::reference, .merge = M::scalar},
      {.name = "status",
       .type = T::choice,
       .merge = M::workflow,
       .writable_from = Level::admin,
       .choices = {"pending", "approved"}},
      {.name = "attachments", .type = T::children, .merge = M::append_only},
      {.name = "created_by", .type = T::reference, .merge = M::server_owned},
      {.name = "created_by_name", .type = T::text, .merge = M::server_owned},
      {.name = "created_at", .type = T::time, .merge = M::server_owned},
      {.name = "updated_at", .type = T::time, .merge = M::server_owned},
  };
  return kind;
}

}  // namespace fieldsync::kinds
