#include "net/sandbox/rfi_write.h"

#include "net/sandbox/rfis.h"

namespace fieldsync::net::sandbox {
namespace {

const std::vector<std::string_view> kWritable = {"subject",
                                                 "reference",
                                                 "assignee_ids",
                                                 "required_assignee_ids",
                                                 "draft",
                                                 "due_date",
                                                 "received_from_login_information_id",
                                                 "responsible_contractor_id",
                                                 "distribution_ids",
                                                 "number",
                                                 "private",
                                                 "project_stage_id",
                                                 "schedule_impact",
                                                 "cost_impact",
                                                 "location_id",
                                                 "drawing_number",
                                                 "specification_section_id",
                                                 "cost_code_id",
                                                 "rfi_manager_id",
                                                 "question",
                                                 "custom_textfield_1",
                                                 "custom_textfield_2",
                                                 "revision",
                                                 "source_rfi_header_id",
                                                 "accepted",
                                                 "drawing_ids",
                                                 "priority"};

constexpr std::string_view kAdminOnly[] = {"assignee_ids", "required_assignee_ids", "due_date"};

/// Written as they come.
constexpr std::string_view kPlain[] = {"subject",        "reference",      "location_id",
                                       "drawing_number", "drawing_ids",    "priority",
                                       "cost_impact",    "schedule_impact"};

bool are_members(World& world, std::int64_t project, const std::vector<std::int64_t>& users) {
  for (const std::int64_t user : users) {
    if (!world.is_member(project, user)) return false;
  }
  return true;
}

}  // namespace

bool manages_rfis(Call& call, std::int64_t project, Access level) {
  return level == Access::admin ||
         (level >= Access::read_only &&
          call.world.may(project, call.caller.id, kRfiTool, "act_as_rfi_manager"));
}

std::optional<Reply> check_rfi_fields(Call& call, Document& fields, Access level, bool manages) {
  if (auto refused = refuse_unknown(call, fields, kWritable)) return refused;
  if (level == Access::admin || manages) return std::nullopt;
  for (const std::string_view name : kAdminOnly) {
    if (!fields.has(name)) continue;
    if (call.world.settings.choice("admin_only_fields") == "refuse") {
      return list_error(403, "Only an administrator may set " + std::string(name) + ".");
    }
    fields.erase(name);
  }
  return std::nullopt;
}

std::optional<Reply> apply_rfi_fields(Call& call, Record& rfi, const Document& fields) {
  for (const std::string_view name : kPlain) {
    if (const Value* value = fields.find(name)) rfi.body.set(name, *value);
  }
  for (const base::Field& field : fields) {
    if (field.name.starts_with("custom_field_")) rfi.body.set(field.name, field.value);
  }
  if (const Value* due = fields.find("due_date")) rfi.body.set("due_date", lenient_date(*due));
  for (const std::string_view name :
       {"assignee_ids", "required_assignee_ids", "distribution_ids"}) {
    const Value* value = fields.find(name);
    if (!value) continue;
    if (!value->as_list() || !are_members(call.world, rfi.project, integers(fields, name))) {
      return field_error(400, name, "contains someone who is not in the project");
    }
    rfi.body.set(name, *value);
  }
  if (const Value* manager = fields.find("rfi_manager_id")) {
    const auto id = manager->as_integer() ? *manager->as_integer() : 0;
    if (!call.world.is_member(rfi.project, id)) {
      return field_error(400, "rfi_manager_id", "is not in the project");
    }
    rfi.body.set("rfi_manager_id", id);
  }
  if (fields.has("private")) rfi.body.set("is_private", is_true(fields, "private"));
  const Document* asked = object(fields, "question");
  if (asked && asked->has("body")) rfi.body.set("question_body", asked->text("body"));
  if (rfi.body.text("subject").empty()) return field_error(400, "subject", "can't be blank");
  return std::nullopt;
}

std::optional<Reply> apply_rfi_status(Call& call, Record& rfi, const Document& fields) {
  World& world = call.world;
  const bool is_draft = rfi.status == "draft" || rfi.status == "closed_draft";
  if (fields.has("draft") && is_true(fields, "draft") != is_draft) {
    if (rfi.status != "draft") {
      return base_error(422, "draft", "can only be changed while the RFI is a draft");
    }
    if (integers(rfi.body, "assignee_ids").empty()) {
      return field_error(422, "assignees", "required");
    }
    number_rfi(world, rfi);
  }
  if (!fields.has("accepted")) return std::nullopt;
  const bool close = is_true(fields, "accepted");
  const bool closed = rfi.status == "closed" || rfi.status == "closed_draft";
  if (rfi.status == "closed_with_revision") {
    return base_error(422, "accepted", "a newer revision exists");
  }
  if (close == closed) return std::nullopt;
  if (rfi.status == "closed_draft") {
    return base_error(422, "accepted", "a closed draft cannot be reopened");
  }
  rfi.status = close ? (rfi.status == "draft" ? "closed_draft" : "closed") : "open";
  rfi.body.set("time_resolved", close ? Value(iso_text(world.now())) : Value(nullptr));
  return std::nullopt;
}

void watch_rfi(World& world, const Record& rfi) {
  for (const std::string_view name : {"assignee_ids", "distribution_ids"}) {
    for (const std::int64_t user : integers(rfi.body, name)) world.watch(rfi.id, user);
  }
  world.watch(rfi.id, rfi.body.integer("rfi_manager_id"));
}

}  // namespace fieldsync::net::sandbox
