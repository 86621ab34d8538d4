#include "net/sandbox/downloads.h"
#include "net/sandbox/paging.h"
#include "net/sandbox/router.h"
#include "net/sandbox/uploads.h"
#include "platform/base/json.h"
#include "platform/base/time_text.h"

/// Daily-log notes (facts/procore-api.md 10.1): `note` records by day of the project. No list knows
/// `updated_at`; without a window there is only today.
namespace fieldsync::net::sandbox {
namespace {

const std::vector<std::string_view> kWritable = {
    "comment",          "date",        "datetime",    "daily_log_header_id",
    "is_issue_day",     "location_id", "mt_location", "vendor_id",
    "status",           "upload_ids",  "image_ids",   "drawing_revision_ids",
    "file_version_ids", "form_ids"};

bool may_change(const Record& note, std::int64_t user, Access level) {
  return level == Access::admin || (level == Access::standard && note.author == user);
}

Value show_note(Call& call, const Record& note, Access level) {
  World& world = call.world;
  const bool mine = may_change(note, call.caller.id, level);
  Document shown = note.body;
  shown.set("id", note.id);
  shown.set("location", location_of(note.body));
  shown.set("date", note.day ? Value(*note.day) : Value(nullptr));
  const auto midnight = note.day ? base::parse_iso_date(*note.day) : std::nullopt;
  shown.set("datetime", midnight ? Value(base::to_iso_seconds(*midnight + std::chrono::hours(12)))
                                 : Value(nullptr));
  shown.set("status", note.status);
  shown.set("created_at", iso_text(note.created_at));
  shown.set("updated_at", iso_text(note.updated_at));
  shown.set("created_by", world.user_ref(note.author));
  const auto author = world.user(note.author);
  shown.set("created_by_collaborator", author && author->kind == "collaborator");
  shown.set("permissions", Document{{"can_update", mine}, {"can_delete", mine}});
  List files = attachment_list(world, note.id);
  shown.set("attachments", std::move(files));
  shown.set("custom_fields", Document{});
  return shown;
}

/// Collaborators see what they wrote; others who are no admins see what is approved.
bool shows(const Record& note, const User& user, Access level) {
  if (level == Access::admin) return true;
  if (user.kind == "collaborator") return note.author == user.id;
  return note.status == "approved";
}

std::string today(Call& call, const Project& project) {
  return base::to_iso_date(base::WallTime{std::chrono::seconds(call.world.now())},
                           project.offset_minutes);
}

/// 400 for half a window or a day that is none.
std::optional<Reply> read_window(Call& call, const Project& project, ListSpec& spec) {
  const Params& params = call.params;
  const std::string day = params.text("log_date");
  const std::string from = params.text("start_date"), to = params.text("end_date");
  if (!from.empty() || !to.empty()) {
    if (!base::is_iso_date(from) || !base::is_iso_date(to)) {
      return code_error(400, "Invalid window", "start_date and end_date are days");
    }
    spec.days = {from, to};
    return std::nullopt;
  }
  const std::string only = day.empty() ? today(call, project) : day;
  if (!base::is_iso_date(only)) return code_error(400, "Invalid date", "log_date is a day");
  spec.days = {only, only};
  return std::nullopt;
}

Reply list(Call& call) {
  const auto admitted = admit(call, call.id(0), kLogTool, Access::read_only);
  if (admitted.refused) return *admitted.refused;
  ListSpec spec{.kind = "note", .project = call.id(0)};
  if (auto refused = read_window(call, admitted.project, spec)) return *refused;
  const bool collaborator = call.caller.kind == "collaborator";
  const std::string status = call.params.text("filters[status]");
  if (admitted.level != Access::admin || status.empty()) {
    if (!collaborator) spec.statuses = {"approved"};
  } else if (status != "all") {
    spec.statuses = {status};
  }
  if (call.params.find("filters[created_by_id]")) {
    spec.author = call.params.integer("filters[created_by_id]", 0);
  }
  if (collaborator) spec.author = call.caller.id;
  return list_reply(call, spec, page_of(call),
                    [&](const Record& note) { return show_note(call, note, admitted.level); });
}

struct FoundNote {
  std::optional<Reply> refused;
  Record note;
  Access level = Access::none;
};

FoundNote find_note(Call& call) {
  const auto admitted = admit(call, call.id(0), kLogTool, Access::read_only);
  if (admitted.refused) return {admitted.refused, {}, {}};
  auto note = call.world.record(call.id(1), "note");
  if (!note || note->project != call.id(0) || note->deleted_at ||
      !shows(*note, call.caller, admitted.level)) {
    return {text_error(404, "Not Found"), {}, {}};
  }
  return {std::nullopt, std::move(*note), admitted.level};
}

Reply show(Call& call) {
  const auto found = find_note(call);
  if (found.refused) return *found.refused;
  return json_reply(200, show_note(call, found.note, found.level));
}

std::optional<Reply> apply_fields(Call& call, const Project& project, Record& note,
                                  const Document& fields, Access level) {
  if (auto refused = refuse_unknown(call, fields, kWritable)) return refused;
  if (fields.has("date") && fields.has("datetime")) {
    return field_error(422, "date", "and datetime exclude each other");
  }
  if (const Value* day = fields.find("date")) {
    const Value kept = lenient_date(*day);
    note.day = kept.as_text() ? std::optional(*kept.as_text()) : std::nullopt;
  }
  if (fields.has("datetime")) {
    const auto at = base::parse_iso(fields.text("datetime"));
    note.day = at ? std::optional(base::to_iso_date(*at, project.offset_minutes)) : std::nullopt;
  }
  if (fields.has("status")) {
    if (level != Access::admin) return list_error(403, "Only an administrator may approve.");
    if (fields.text("status") != "approved") return field_error(422, "status", "is invalid");
    note.status = "approved";
  }
  for (const std::string_view name : {"comment", "is_issue_day", "location_id", "vendor_id"}) {
    if (const Value* value = fields.find(name)) note.body.set(name, *value);
  }
  if (note.body.text("comment").empty()) return field_error(422, "comment", "can't be blank");
  return std::nullopt;
}

std::string content_of(const Document& fields, const List& blobs) {
  Document content = fields;
  content.erase("upload_ids");
  content.set("blobs", blobs);
  return base::digest_of(base::to_json(content)).hex();
}

Reply create(Call& call) {
  World& world = call.world;
  const std::int64_t project = call.id(0);
  const auto admitted = admit(call, project, kLogTool, Access::standard);
  if (admitted.refused) return *admitted.refused;
  const Document* fields = object(call.body, "notes_log");
  if (!fields) return message_error(400, "param is missing: notes_log", "notes_log");
  const auto claimed = claim_all(call, project, *fields);
  if (const auto* refused = std::get_if<Reply>(&claimed)) return *refused;
  Record note{.kind = "note", .project = project, .author = call.caller.id};
  note.status =
      call.caller.kind == "collaborator" ? "pending" : world.settings.choice("note_status");
  note.day = today(call, admitted.project);
  note.body = {{"is_issue_day", false},
               {"location", nullptr},
               {"vendor", nullptr},
               {"daily_log_header_id", world.next_id()},
               {"position", 1}};
  if (fields->has("status")) return field_error(422, "status", "cannot be set on create");
  if (auto refused = apply_fields(call, admitted.project, note, *fields, admitted.level)) {
    return *refused;
  }
  world.insert(note);
  const List blobs = attach_all(world, note.id, std::get<std::vector<Claimed>>(claimed));
  world.effect(
      {call.caller.id, "create", "note", project, note.id, content_of(*fields, blobs), blobs});
  return json_reply(201, show_note(call, note, admitted.level));
}

Reply update(Call& call) {
  World& world = call.world;
  auto found = find_note(call);
  if (found.refused) return *found.refused;
  if (!may_change(found.note, call.caller.id, found.level)) {
    return list_error(403, "You do not have permission to perform this action.");
  }
  const Document* fields = object(call.body, "notes_log");
  if (!fields) return message_error(400, "param is missing: notes_log", "notes_log");
  const auto claimed = claim_all(call, call.id(0), *fields);
  if (const auto* refused = std::get_if<Reply>(&claimed)) return *refused;
  const auto project = world.project(call.id(0));
  if (auto refused = apply_fields(call, *project, found.note, *fields, found.level)) {
    return *refused;
  }
  prepare_patch(world, found.note.id, *fields);
  found.note.updated_at = world.now();
  world.save(found.note);
  const List blobs = attach_all(world, found.note.id, std::get<std::vector<Claimed>>(claimed));
  world.effect({call.caller.id, "update", "note", found.note.project, found.note.id,
                content_of(*fields, blobs), blobs});
  return json_reply(200, show_note(call, found.note, found.level));
}

Reply remove(Call& call) {
  auto found = find_note(call);
  if (found.refused) return *found.refused;
  if (!may_change(found.note, call.caller.id, found.level)) {
    return list_error(403, "You do not have permission to perform this action.");
  }
  found.note.deleted_at = call.world.now();
  call.world.save(found.note);
  call.world.effect({call.caller.id, "delete", "note", found.note.project, found.note.id, ""});
  return empty_reply(200);
}

}  // namespace

Routes note_routes() {
  const std::string base = "/rest/v1.0/projects/{}/notes_logs";
  return {
      route(Method::get, base, list),           route(Method::post, base, create),
      route(Method::get, base + "/{}", show),   route(Method::patch, base + "/{}", update),
      route(Method::del, base + "/{}", remove),
  };
}

}  // namespace fieldsync::net::sandbox
