#include "net/sandbox/rfis.h"

#include "net/sandbox/office.h"
#include "net/sandbox/paging.h"
#include "net/sandbox/rfi_write.h"
#include "net/sandbox/router.h"
#include "net/sandbox/uploads.h"
#include "platform/base/json.h"

namespace fieldsync::net::sandbox {
namespace {

std::optional<Reply> read_rfi_filters(Call& call, ListSpec& spec) {
  if (auto refused = read_common_filters(call, spec)) return refused;
  if (call.params.find("filters[status]") &&
      call.world.settings.choice("scalar_status_filter") == "refuse") {
    return code_error(400, "filters[status] is invalid", "an array is expected");
  }
  spec.statuses = call.params.list("filters[status]");
  const std::string by = call.params.text("sort[attribute]");
  const std::string down = call.params.text("sort[direction]") == "desc" ? " DESC" : "";
  spec.order = default_order(call);
  if (by == "updated_at") spec.order = "updated_at" + down + ", id";
  if (by == "date_created" || by == "created_at") spec.order = "created_at" + down + ", id";
  return std::nullopt;
}

Reply list(Call& call) {
  const auto admitted = admit(call, call.id(0), kRfiTool, Access::read_only);
  if (admitted.refused) return *admitted.refused;
  ListSpec spec{.kind = "rfi", .project = call.id(0)};
  if (auto refused = read_rfi_filters(call, spec)) return *refused;
  spec.viewer = admitted.level == Access::admin ? 0 : call.caller.id;
  if (call.params.text("serializer_view") == "ids_only") {
    return ids_reply(call, spec, page_of(call));
  }
  return list_reply(call, spec, page_of(call),
                    [&](const Record& rfi) { return show_rfi(call.world, rfi, RfiView::list); });
}

Reply recycle_bin(Call& call) {
  const auto admitted = admit(call, call.id(0), kRfiTool, Access::admin);
  if (admitted.refused) return *admitted.refused;
  ListSpec spec{.kind = "rfi", .project = call.id(0)};
  if (auto refused = read_common_filters(call, spec)) return *refused;
  spec.deleted = Deleted::only;
  return list_reply(call, spec, page_of(call),
                    [&](const Record& rfi) { return show_rfi(call.world, rfi, RfiView::list); });
}

Reply show(Call& call) {
  const auto found = find_rfi(call, Access::read_only);
  if (found.refused) return *found.refused;
  return json_reply(200, show_rfi(call.world, found.rfi, RfiView::detail));
}

/// What makes two creates the same to a person.
std::string content_of(const Document& fields, const List& blobs) {
  Document content = fields;
  if (const Document* asked = object(fields, "question")) {
    Document question = *asked;
    question.erase("upload_ids");
    content.set("question", question);
  }
  content.set("blobs", blobs);
  return base::digest_of(base::to_json(content)).hex();
}

std::optional<Reply> check_create(const Document& fields, bool draft) {
  const Document* asked = object(fields, "question");
  if (fields.text("subject").empty()) return field_error(400, "subject", "can't be blank");
  if (fields.integer("rfi_manager_id") == 0) {
    return field_error(400, "rfi_manager", "can't be blank");
  }
  if (!asked || asked->text("body").empty()) {
    return field_error(400, "question", "body can't be blank");
  }
  if (!draft && integers(fields, "assignee_ids").empty()) {
    return field_error(400, "assignees", "required");
  }
  return std::nullopt;
}

Reply create(Call& call) {
  World& world = call.world;
  const std::int64_t project = call.id(0);
  const auto admitted = admit(call, project, kRfiTool, Access::standard);
  if (admitted.refused) return *admitted.refused;
  const Document* sent = object(call.body, "rfi");
  if (!sent) return message_error(400, "param is missing or the value is empty: rfi", "rfi");
  Document fields = *sent;
  const bool manages = manages_rfis(call, project, admitted.level);
  if (auto refused = check_rfi_fields(call, fields, admitted.level, manages)) return *refused;
  bool draft = is_true(fields, "draft");
  if (!draft && !manages) {
    if (world.settings.choice("standard_open_rfi") == "refuse") {
      return list_error(403, "You may create draft RFIs only.");
    }
    draft = true;
  }
  if (auto refused = check_create(fields, draft)) return *refused;
  const auto claimed = claim_all(call, project, *object(fields, "question"));
  if (const auto* refused = std::get_if<Reply>(&claimed)) return *refused;

  Record rfi{.kind = "rfi", .project = project, .author = call.caller.id};
  rfi.status = "draft";
  rfi.body = {{"number", ""},        {"initiated_at", nullptr}, {"time_resolved", nullptr},
              {"due_date", nullptr}, {"reference", nullptr},    {"location", nullptr}};
  rfi.body.set("question_id", world.next_id());
  if (auto refused = apply_rfi_fields(call, rfi, fields)) return *refused;
  if (!draft) number_rfi(world, rfi);
  rfi.restricted = rfi.status == "draft" || is_true(rfi.body, "is_private");
  world.insert(rfi);
  watch_rfi(world, rfi);
  const List blobs = attach_all(world, rfi.id, std::get<std::vector<Claimed>>(claimed));
  world.effect({call.caller.id, "create", "rfi", project, rfi.id, content_of(*sent, blobs), blobs});
  return json_reply(201, show_rfi(world, rfi, RfiView::detail));
}

Reply update(Call& call) {
  World& world = call.world;
  auto found = find_rfi(call, Access::read_only);
  if (found.refused) return *found.refused;
  Record& rfi = found.rfi;
  if (world.settings.flag("office_races")) race_office(world, rfi);
  const Document* sent = object(call.body, "rfi");
  if (!sent) return message_error(400, "param is missing or the value is empty: rfi", "rfi");
  Document fields = *sent;
  const bool own =
      rfi.author == call.caller.id || rfi.body.integer("rfi_manager_id") == call.caller.id;
  const bool manages =
      found.level == Access::admin || (own && manages_rfis(call, rfi.project, found.level));
  const bool own_draft = found.level == Access::standard && rfi.author == call.caller.id &&
                         rfi.status == "draft" && !fields.has("accepted") &&
                         (!fields.has("draft") || is_true(fields, "draft"));
  if (!manages && !own_draft) {
    return list_error(403, "You do not have permission to perform this action.");
  }
  if (auto refused = check_rfi_fields(call, fields, found.level, manages)) return *refused;
  std::vector<Claimed> uploads;
  if (const Document* asked = object(fields, "question")) {
    auto claimed = claim_all(call, rfi.project, *asked);
    if (const auto* refused = std::get_if<Reply>(&claimed)) return *refused;
    uploads = std::get<std::vector<Claimed>>(std::move(claimed));
  }
  if (auto refused = apply_rfi_fields(call, rfi, fields)) return *refused;
  if (auto refused = apply_rfi_status(call, rfi, fields)) return *refused;
  rfi.restricted = rfi.status == "draft" || is_true(rfi.body, "is_private");
  rfi.updated_at = world.now();
  world.save(rfi);
  watch_rfi(world, rfi);
  if (const Document* asked = object(fields, "question")) prepare_patch(world, rfi.id, *asked);
  const List blobs = attach_all(world, rfi.id, uploads);
  world.effect(
      {call.caller.id, "update", "rfi", rfi.project, rfi.id, content_of(*sent, blobs), blobs});
  return json_reply(200, show_rfi(world, rfi, RfiView::detail));
}

Reply move(Call& call, Deleted to) {
  const auto admitted = admit(call, call.id(0), kRfiTool, Access::admin);
  if (admitted.refused) return *admitted.refused;
  auto rfi = call.world.record(call.id(1), "rfi");
  const bool in_bin = rfi && rfi->deleted_at;
  if (!rfi || rfi->project != call.id(0) || in_bin == (to == Deleted::only)) {
    return text_error(404, "Not Found");
  }
  rfi->deleted_at = to == Deleted::only ? std::optional(call.world.now()) : std::nullopt;
  rfi->updated_at = call.world.now();
  call.world.save(*rfi);
  call.world.effect({call.caller.id, to == Deleted::only ? "delete" : "restore", "rfi",
                     rfi->project, rfi->id, ""});
  return empty_reply(200);
}
Reply recycle(Call& call) { return move(call, Deleted::only); }
Reply retrieve(Call& call) { return move(call, Deleted::hidden); }

Reply people(Call& call, Access level_min) {
  const auto admitted = admit(call, call.id(0), kRfiTool, Access::read_only);
  if (admitted.refused) return *admitted.refused;
  List rows;
  std::vector<std::int64_t> members;
  call.world.db().each(
      "SELECT user FROM members WHERE project=? ORDER BY user",
      [&](const storage::Row& row) { members.push_back(row.integer(0)); }, call.id(0));
  for (const std::int64_t user : members) {
    if (call.world.level(call.id(0), user, kRfiTool) < level_min) continue;
    rows.push_back(call.world.user_ref(user));
  }
  return rows_reply(call, rows, page_of(call));
}
Reply assignees(Call& call) { return people(call, Access::standard); }
Reply managers(Call& call) { return people(call, Access::standard); }
Reply default_distribution(Call& call) {
  const auto admitted = admit(call, call.id(0), kRfiTool, Access::read_only);
  return admitted.refused ? *admitted.refused : json_reply(200, List{});
}

}  // namespace

FoundRfi find_rfi(Call& call, Access at_least) {
  const auto admitted = admit(call, call.id(0), kRfiTool, at_least);
  if (admitted.refused) return {admitted.refused, {}, admitted.level};
  auto rfi = call.world.record(call.id(1), "rfi");
  if (!rfi || rfi->project != call.id(0) || rfi->deleted_at ||
      !call.world.sees(*rfi, call.caller.id, admitted.level)) {
    return {text_error(404, "Not Found"), {}, admitted.level};
  }
  return {std::nullopt, std::move(*rfi), admitted.level};
}

void number_rfi(World& world, Record& rfi) {
  const auto next =
      world.db().integer("SELECT next_rfi FROM projects WHERE id=?", rfi.project).value_or(1);
  world.db().run("UPDATE projects SET next_rfi=? WHERE id=?", next + 1, rfi.project);
  rfi.status = "open";
  rfi.body.set("number", std::to_string(next));
  rfi.body.set("initiated_at", iso_text(world.now()));
}

Routes rfi_routes() {
  const std::string base = "/rest/v1.0/projects/{}/rfis";
  return {
      route(Method::get, base, list),
      route(Method::post, base, create),
      route(Method::get, base + "/recycle_bin", recycle_bin),
      route(Method::get, base + "/potential_assignees", assignees),
      route(Method::get, base + "/potential_rfi_managers", managers),
      route(Method::get, base + "/default_distribution", default_distribution),
      route(Method::get, base + "/{}", show),
      route(Method::patch, base + "/{}", update),
      route(Method::patch, base + "/{}/recycle", recycle),
      route(Method::patch, base + "/{}/retrieve", retrieve),
  };
}

}  // namespace fieldsync::net::sandbox
