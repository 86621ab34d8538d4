#include "platform/kinds/descriptors.h"

/// Requests for information (facts/procore-api.md 8). Who may set what follows 8.3: assignees and
/// the due date are for admins. The manager is required by Procore, but a project has a usual one
/// that the adapter fills in, so a person in a basement need not know it.
namespace fieldsync::kinds {

KindDescriptor rfi_kind() {
  using T = FieldType;
  using M = MergeRule;
  const std::vector<std::string_view> impacts = {"yes_known", "yes_unknown", "no_impact", "tbd",
                                                 "n_a"};
  KindDescriptor kind{"rfi", "rfis", "RFI", "subject", Attachments::yes, Writable::create_edit, {}};
  kind.fields = {
      {.name = "number", .type = T::text, .merge = M::server_owned},
      {.name = "full_number", .type = T::text, .merge = M::server_owned},
      {.name = "subject", .type = T::text, .merge = M::scalar, .required_on_create = true},
      {.name = "question", .type = T::long_text, .merge = M::text, .required_on_create = true},
      {.name = "status",
       .type = T::choice,
       .merge = M::workflow,
       .choices = {"draft", "open", "closed", "closed_draft", "closed_with_revision"}},
      {.name = "draft", .type = T::boolean, .merge = M::scalar},
      {.name = "private", .type = T::boolean, .merge = M::scalar},
      {.name = "assignees", .type = T::references, .merge = M::set, .writable_from = Level::admin},
      {.name = "rfi_manager", .type = T::reference, .merge = M::scalar},
      {.name = "due_date", .type = T::date, .merge = M::scalar, .writable_from = Level::admin},
      {.name = "drawing_number", .type = T::text, .merge = M::scalar},
      {.name = "reference", .type = T::text, .merge = M::scalar},
      {.name = "location", .type = T::reference, .merge = M::scalar},
      {.name = "priority",
       .type = T::choice,
       .merge = M::scalar,
       .choices = {"low", "medium", "high", "urgent"}},
      {.name = "distribution", .type = T::references, .merge = M::set},
      {.name = "cost_impact", .type = T::choice, .merge = M::scalar, .choices = impacts},
      {.name = "schedule_impact", .type = T::choice, .merge = M::scalar, .choices = impacts},
      {.name = "replies", .type = T::children, .merge = M::append_only},
      {.name = "attachments", .type = T::children, .merge = M::append_only},
      {.name = "created_by", .type = T::reference, .merge = M::server_owned},
      {.name = "created_by_name", .type = T::text, .merge = M::server_owned},
      {.name = "created_at", .type = T::time, .merge = M::server_owned},
      {.name = "updated_at", .type = T::time, .merge = M::server_owned},
  };
  return kind;
}

}  // namespace fieldsync::kinds
