#include <algorithm>

#include "net/sandbox/paging.h"
#include "net/sandbox/rfi_write.h"
#include "net/sandbox/rfis.h"
#include "net/sandbox/router.h"
#include "net/sandbox/uploads.h"
#include "platform/base/json.h"

/// Replies (facts/procore-api.md 8.5): their text never changes, and none of them closes the RFI.
namespace fieldsync::net::sandbox {
namespace {

const std::vector<std::string_view> kWritable = {
    "body",     "official", "upload_ids", "drawing_revision_ids", "file_version_ids",
    "form_ids", "image_ids"};

void bump(Call& call, std::int64_t rfi) {
  if (call.world.settings.flag("reply_bumps_rfi")) call.world.touch(rfi);
}

bool may_choose_official(Call& call, std::int64_t project, Access level) {
  return manages_rfis(call, project, level) ||
         call.world.may(project, call.caller.id, kRfiTool, "mark_official_responses");
}

Reply list(Call& call) {
  const auto found = find_rfi(call, Access::read_only);
  if (found.refused) return *found.refused;
  ListSpec spec{.kind = "rfi_reply", .project = found.rfi.project, .parent = found.rfi.id};
  return list_reply(call, spec, page_of(call),
                    [&](const Record& reply) { return show_reply(call.world, reply); });
}

Reply create(Call& call) {
  World& world = call.world;
  const auto found = find_rfi(call, Access::standard);
  if (found.refused) return *found.refused;
  const std::int64_t project = found.rfi.project;
  const auto assigned = integers(found.rfi.body, "assignee_ids");
  const bool manages = manages_rfis(call, project, found.level);
  if (!manages && std::find(assigned.begin(), assigned.end(), call.caller.id) == assigned.end()) {
    return list_error(403, "Only assignees may respond.");
  }
  const Document* fields = object(call.body, "reply");
  if (!fields) return message_error(400, "param is missing or the value is empty: reply", "reply");
  if (auto refused = refuse_unknown(call, *fields, kWritable)) return *refused;
  if (fields->text("body").empty()) return field_error(400, "body", "can't be blank");
  if (is_true(*fields, "official") && !may_choose_official(call, project, found.level)) {
    return list_error(403, "You may not choose the official response.");
  }
  const auto claimed = claim_all(call, project, *fields);
  if (const auto* refused = std::get_if<Reply>(&claimed)) return *refused;

  Record reply{
      .kind = "rfi_reply", .project = project, .parent = found.rfi.id, .author = call.caller.id};
  reply.body = {{"body", fields->text("body")}, {"official", is_true(*fields, "official")}};
  world.insert(reply);
  bump(call, found.rfi.id);
  const List blobs = attach_all(world, reply.id, std::get<std::vector<Claimed>>(claimed));
  const Document content{{"rfi", found.rfi.id}, {"body", fields->text("body")}, {"blobs", blobs}};
  world.effect({call.caller.id, "create", "rfi_reply", project, reply.id,
                base::digest_of(base::to_json(content)).hex(), blobs});
  return json_reply(201, show_reply(world, reply));
}

/// The reply the path names; nothing when it is not one of that RFI's.
std::optional<Record> find_reply(Call& call, const Record& rfi) {
  auto reply = call.world.record(call.id(2), "rfi_reply");
  if (!reply || reply->parent != rfi.id || reply->deleted_at) return std::nullopt;
  return reply;
}

Reply show(Call& call) {
  const auto found = find_rfi(call, Access::read_only);
  if (found.refused) return *found.refused;
  const auto reply = find_reply(call, found.rfi);
  return reply ? json_reply(200, show_reply(call.world, *reply)) : text_error(404, "Not Found");
}

Reply update(Call& call) {
  const auto found = find_rfi(call, Access::read_only);
  if (found.refused) return *found.refused;
  auto reply = find_reply(call, found.rfi);
  if (!reply) return text_error(404, "Not Found");
  if (!may_choose_official(call, found.rfi.project, found.level)) {
    return list_error(403, "You may not choose the official response.");
  }
  const Document* fields = object(call.body, "reply");
  if (!fields || !fields->has("official") || fields->size() != 1) {
    return base_error(422, "body", "only official may change");
  }
  reply->body.set("official", is_true(*fields, "official"));
  reply->updated_at = call.world.now();
  call.world.save(*reply);
  bump(call, found.rfi.id);
  call.world.effect({call.caller.id, "update", "rfi_reply", found.rfi.project, reply->id, ""});
  return json_reply(200, show_reply(call.world, *reply));
}

Reply remove(Call& call) {
  const auto found = find_rfi(call, Access::admin);
  if (found.refused) return *found.refused;
  auto reply = find_reply(call, found.rfi);
  if (!reply) return text_error(404, "Not Found");
  reply->deleted_at = call.world.now();
  call.world.save(*reply);
  bump(call, found.rfi.id);
  call.world.effect({call.caller.id, "delete", "rfi_reply", found.rfi.project, reply->id, ""});
  return empty_reply(200);
}

}  // namespace

Routes reply_routes() {
  const std::string base = "/rest/v1.0/projects/{}/rfis/{}/replies";
  return {
      route(Method::get, base, list),           route(Method::post, base, create),
      route(Method::get, base + "/{}", show),   route(Method::patch, base + "/{}", update),
      route(Method::del, base + "/{}", remove),
  };
}

}  // namespace fieldsync::net::sandbox
