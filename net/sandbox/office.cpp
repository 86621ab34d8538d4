#include "net/sandbox/office.h"

#include <algorithm>

#include "net/sandbox/call.h"
#include "net/sandbox/drawings.h"
#include "net/sandbox/jpeg.h"
#include "net/sandbox/pdf.h"
#include "net/sandbox/photos.h"
#include "net/sandbox/rfis.h"
#include "net/sandbox/seed_people.h"
#include "net/sandbox/tuning.h"
#include "platform/base/json.h"
#include "platform/base/time_text.h"
#include "platform/random.h"

namespace fieldsync::net::sandbox {
namespace {

Reply done(std::int64_t id) { return json_reply(200, Document{{"id", id}}); }

void log(World& world, std::string_view verb, const Record& record) {
  world.effect({kOffice, std::string(verb), record.kind, record.project, record.id, ""});
}

std::optional<Record> any_record(World& world, std::int64_t id) {
  const auto kind = world.db().text("SELECT kind FROM records WHERE id=?", id);
  return kind ? world.record(id, *kind) : std::nullopt;
}

void store(World& world, Record& record, std::string_view verb) {
  record.updated_at = world.now();
  world.save(record);
  log(world, verb, record);
}

std::int64_t project_of(World& world, const Document& command) {
  return command.integer("project", std::atoll(world.meta("project").c_str()));
}

std::int64_t add_rfi(World& world, std::int64_t project, std::string_view subject) {
  Record rfi{.kind = "rfi", .project = project, .author = kOffice};
  rfi.body = {{"subject", subject},
              {"rfi_manager_id", kManager},
              {"assignee_ids", List{kArchitect}},
              {"question_id", world.next_id()},
              {"question_body", "<p>Please confirm.</p>"},
              {"due_date", nullptr},
              {"time_resolved", nullptr}};
  number_rfi(world, rfi);
  world.insert(rfi);
  log(world, "create", rfi);
  return rfi.id;
}

std::int64_t add_reply(World& world, const Record& rfi, std::string_view body) {
  Record reply{.kind = "rfi_reply", .project = rfi.project, .parent = rfi.id, .author = kArchitect};
  reply.body = {{"body", body}, {"official", false}};
  world.insert(reply);
  if (world.settings.flag("reply_bumps_rfi")) world.touch(rfi.id);
  log(world, "create", reply);
  return reply.id;
}

std::int64_t add_photo(World& world, std::int64_t project) {
  const auto albums = world.ids({.kind = "album", .project = project}, 1, 0);
  Record photo{.kind = "photo",
               .project = project,
               .parent = albums.empty() ? 0 : albums.front(),
               .author = kOffice};
  const auto shade = static_cast<std::uint32_t>(world.next_id() * 2'654'435'761 & 0xffffff);
  const std::string bytes = make_jpeg(
      {.color = shade, .taken_at = "2026:02:03 10:11:12", .latitude = 60.2, .longitude = 24.9});
  const std::string name = "office-" + std::to_string(world.next_id()) + ".jpg";
  const std::int64_t file = world.add_file(bytes, name, "image/jpeg");
  photo.body = {{"filename", name},
                {"size", static_cast<std::int64_t>(bytes.size())},
                {"file", file},
                {"description", "From the office"},
                {"starred", false}};
  describe_photo(world, photo, file);
  world.insert(photo);
  log(world, "create", photo);
  return photo.id;
}

std::int64_t add_note(World& world, std::int64_t project, std::string_view comment) {
  Record note{.kind = "note", .project = project, .author = kOffice};
  note.status = "approved";
  const auto found = world.project(project);
  note.day = base::to_iso_date(base::WallTime{std::chrono::seconds(world.now())},
                               found ? found->offset_minutes : 0);
  note.body = {{"comment", comment},
               {"is_issue_day", false},
               {"location", nullptr},
               {"vendor", nullptr},
               {"daily_log_header_id", world.next_id()},
               {"position", 1}};
  world.insert(note);
  log(world, "create", note);
  return note.id;
}

std::int64_t add_revision(World& world, const Record& drawing, Seconds processing) {
  ListSpec older{.kind = "drawing_revision",
                 .project = drawing.project,
                 .parent = drawing.id,
                 .order = "id DESC"};
  const std::string number = std::to_string(world.count(older));
  std::int64_t set = 0;
  world.each(older, 1, 0, [&](const Record& last) { set = last.body.integer("set"); });
  const std::string pdf =
      make_pdf({drawing.body.text("number"), "Revision " + number, iso_text(world.now())}, 5'000);
  const std::int64_t id = publish_revision(world, drawing, number, pdf, set, processing);
  world.effect({kOffice, "create", "drawing_revision", drawing.project, id, "",
                List{base::digest_of(pdf).hex()}});
  return id;
}

std::optional<Record> pick(World& world, platform::Random& random, ListSpec spec) {
  const auto count = world.count(spec);
  if (count == 0) return std::nullopt;
  std::optional<Record> found;
  world.each(spec, 1, static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(count))),
             [&](const Record& record) { found = record; });
  return found;
}

void one_edit(World& world, platform::Random& random, std::int64_t project, std::int64_t n) {
  const auto choice = random.below(10);
  if (choice < 4) {
    auto rfi = pick(world, random, {.kind = "rfi", .project = project});
    if (!rfi) return;
    const bool subject = random.chance(0.5);
    rfi->body.set(subject ? "subject" : "reference", "Office edit " + std::to_string(n));
    return store(world, *rfi, "update");
  }
  if (choice == 4) {
    const auto rfi = pick(world, random, {.kind = "rfi", .project = project, .statuses = {"open"}});
    if (rfi) add_reply(world, *rfi, "<p>Office answer " + std::to_string(n) + "</p>");
    return;
  }
  if (choice == 5) {
    auto note = pick(world, random, {.kind = "note", .project = project});
    if (!note) return;
    note->body.set("comment", "Office comment " + std::to_string(n));
    return store(world, *note, "update");
  }
  if (choice == 6) {
    auto photo = pick(world, random, {.kind = "photo", .project = project});
    if (!photo) return;
    photo->body.set("description", "Office description " + std::to_string(n));
    return store(world, *photo, "update");
  }
  if (choice == 7) {
    const auto drawing = pick(world, random, {.kind = "drawing", .project = project});
    if (drawing) add_revision(world, *drawing, 0);
    return;
  }
  if (choice == 8) add_note(world, project, "Office note " + std::to_string(n));
  if (choice == 9) add_rfi(world, project, "Office RFI " + std::to_string(n));
}

Reply edit_many(World& world, const Document& command) {
  platform::Random random(static_cast<std::uint64_t>(command.integer("seed", 1)));
  const auto count =
      std::clamp<std::int64_t>(command.integer("count", 1), 0, tuning::kOfficeEditsMax);
  for (std::int64_t n = 0; n < count; ++n) one_edit(world, random, project_of(world, command), n);
  return json_reply(200, Document{{"edits", count}});
}

/// Commands about one existing record.
Reply on_record(World& world, const std::string& what, const Document& command) {
  auto record = any_record(world, command.integer(what == "reply" ? "rfi" : "id"));
  if (!record) return text_error(404, "no such record");
  if (what == "reply") return done(add_reply(world, *record, command.text("body")));
  if (what == "edit_record") {
    const Document* fields = object(command, "fields");
    if (!fields) return text_error(400, "fields is missing");
    for (const base::Field& field : *fields) record->body.set(field.name, field.value);
    store(world, *record, "update");
  } else if (what == "close_rfi") {
    record->status = "closed";
    record->restricted = is_true(record->body, "is_private");
    record->body.set("time_resolved", iso_text(world.now()));
    store(world, *record, "update");
  } else if (what == "set_private") {
    record->restricted = is_true(command, "private");
    record->body.set("is_private", record->restricted);
    store(world, *record, "update");
  } else {
    const auto since = record->deleted_at.value_or(world.now());
    record->deleted_at = what == "delete" ? std::optional(since) : std::nullopt;
    store(world, *record, what);
  }
  return done(record->id);
}

Reply on_rights(World& world, const std::string& what, const Document& command) {
  const std::int64_t project = project_of(world, command);
  storage::Database& db = world.db();
  if (what == "set_level") {
    const Value* actions = command.find("actions");
    db.run(
        "INSERT INTO levels(project, user, tool, level, actions) VALUES(?,?,?,?,?) "
        "ON CONFLICT DO UPDATE SET level=excluded.level, actions=excluded.actions",
        project, command.integer("user"), command.text("tool"),
        std::clamp<std::int64_t>(command.integer("level"), 0, 3),
        actions ? base::to_json(*actions) : "[]");
  } else if (what == "set_tool") {
    db.run(
        "INSERT INTO tools(project, tool, enabled) VALUES(?,?,?) "
        "ON CONFLICT DO UPDATE SET enabled=excluded.enabled",
        project, command.text("tool"), is_true(command, "enabled"));
  } else if (what == "set_member") {
    db.run(is_true(command, "member") ? "INSERT OR IGNORE INTO members(project, user) VALUES(?,?)"
                                      : "DELETE FROM members WHERE project=? AND user=?",
           project, command.integer("user"));
  } else {
    db.run("UPDATE companies SET connected=? WHERE id=?", is_true(command, "connected"),
           command.integer("company", std::atoll(world.meta("company").c_str())));
  }
  return json_reply(200, Document{});
}

/// The id of some record of the kind in the project; 0 when there is none.
std::int64_t first_of(World& world, std::string_view kind, std::int64_t project) {
  const auto ids = world.ids({.kind = std::string(kind), .project = project}, 1, 0);
  return ids.empty() ? 0 : ids.front();
}

}  // namespace

void race_office(World& world, Record& rfi) {
  rfi.body.set("drawing_number", "raced at " + iso_text(world.now()));
  store(world, rfi, "update");
}

Reply answer_new_drawing(World& world, const Request& request) {
  const Params params(request.query);
  if (!request.body.starts_with("%PDF")) return text_error(422, "the body is no PDF");
  if (params.text("number").empty()) return text_error(400, "number is missing");
  const std::int64_t project = std::atoll(world.meta("project").c_str());
  Record drawing{.kind = "drawing",
                 .project = project,
                 .parent = first_of(world, "drawing_area", project),
                 .author = kOffice};
  drawing.body = {{"number", params.text("number")},
                  {"title", params.text("title")},
                  {"discipline", first_of(world, "drawing_discipline", project)},
                  {"obsolete", false}};
  world.insert(drawing);
  const std::int64_t id = publish_revision(world, drawing, "0", request.body,
                                           first_of(world, "drawing_set", project), 0);
  world.effect({kOffice, "create", "drawing_revision", project, id, "",
                List{base::digest_of(request.body).hex()}});
  return done(id);
}

Reply answer_office(World& world, const Document& command) {
  const std::string what = command.text("do");
  const std::int64_t project = project_of(world, command);
  if (what == "edit") return edit_many(world, command);
  if (what == "new_rfi") return done(add_rfi(world, project, command.text("subject")));
  if (what == "new_photo") return done(add_photo(world, project));
  if (what == "new_note") return done(add_note(world, project, command.text("comment")));
  if (what == "new_revision") {
    const auto drawing = world.record(command.integer("drawing"), "drawing");
    if (!drawing) return text_error(404, "no such drawing");
    return done(add_revision(world, *drawing, command.integer("processing_seconds")));
  }
  if (what == "lose_upload") {
    world.db().run("UPDATE uploads SET gone=1 WHERE uuid=?", command.text("uuid"));
    return json_reply(200, Document{});
  }
  if (what == "lose_uploads") {
    world.db().run("UPDATE uploads SET gone=1");
    return json_reply(200, Document{});
  }
  if (what.starts_with("set_") && what != "set_private") return on_rights(world, what, command);
  for (const std::string_view known :
       {"reply", "edit_record", "close_rfi", "set_private", "delete", "restore"}) {
    if (what == known) return on_record(world, what, command);
  }
  return text_error(400, "unknown command " + what);
}

}  // namespace fieldsync::net::sandbox
