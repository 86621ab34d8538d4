#include "net/sandbox/drawings.h"
#include "net/sandbox/paging.h"
#include "net/sandbox/router.h"
#include "net/sandbox/uploads.h"
#include "platform/base/time_text.h"

/// Publishing drawings (facts/procore-api.md 9.4): `drawing_upload` records that take their time.
/// Their revisions appear when the review is over, not when the upload is made; an upload for a
/// known drawing needs no review.
namespace fieldsync::net::sandbox {
namespace {

std::string status_at(World& world, const Record& upload) {
  if (is_true(upload.body, "published")) return "reviewed";
  const Seconds age = world.now() - upload.created_at;
  const Seconds whole = world.settings.number("drawing_processing_seconds");
  if (age >= whole) return "ready_for_review";
  return age * 2 < whole ? "in_queue" : "in_progress";
}

Value show_upload(World& world, const Record& upload) {
  return Document{{"id", upload.id},
                  {"status", status_at(world, upload)},
                  {"drawing_set_id", upload.body.integer("drawing_set_id")},
                  {"created_at", iso_text(upload.created_at)},
                  {"drawing_log_imports", *upload.body.find("imports")}};
}

std::string bytes_of(World& world, std::int64_t file) {
  std::string bytes;
  world.read_file(file, [&](std::string_view piece) {
    bytes.append(piece);
    return true;
  });
  return bytes;
}

/// What review and publication would do, once the processing is over.
void publish_if_ready(World& world, Record& upload) {
  if (status_at(world, upload) != "ready_for_review") return;
  for (const Value& entry : *upload.body.find("imports")->as_list()) {
    const Document& import = *entry.as_document();
    const auto drawing = world.record(import.integer("drawing_id"), "drawing");
    if (!drawing) return;  // a sheet without a drawing waits for the office's review
  }
  for (const Value& entry : *upload.body.find("imports")->as_list()) {
    const Document& import = *entry.as_document();
    const auto drawing = world.record(import.integer("drawing_id"), "drawing");
    publish_revision(world, *drawing, import.text("default_revision"),
                     bytes_of(world, import.integer("file")), upload.body.integer("drawing_set_id"),
                     0);
  }
  upload.body.set("published", true);
  world.save(upload);
}

/// One import with its file claimed, or the refusal.
std::variant<Document, Reply> read_import(Call& call, std::int64_t project, const Value& value) {
  const Document* import = value.as_document();
  if (!import) return field_error(400, "drawing_log_imports", "is not a list of objects");
  const auto claimed = claim(call, project, import->text("upload_uuid"));
  if (const auto* refused = std::get_if<Reply>(&claimed)) return *refused;
  const Claimed& upload = std::get<Claimed>(claimed);
  if (!bytes_of(call.world, upload.file).starts_with("%PDF-")) {
    return field_error(422, "upload_uuid", "is not a PDF");
  }
  if (import->has("drawing_id")) {
    const auto drawing = call.world.record(import->integer("drawing_id"), "drawing");
    if (!drawing || drawing->project != project) {
      return field_error(422, "drawing_id", "must exist");
    }
    if (import->text("default_revision").empty() || !import->has("drawing_date")) {
      return field_error(422, "drawing_date", "and default_revision are required");
    }
  }
  mark_used(call.world, upload);
  Document kept = *import;
  kept.set("file", upload.file);
  return kept;
}

Reply create(Call& call) {
  World& world = call.world;
  const std::int64_t project = call.id(0);
  const auto admitted = admit(call, project, kDrawingTool, Access::standard);
  if (admitted.refused) return *admitted.refused;
  const Document* fields = object(call.body, "drawing_upload");
  const Value* imports = fields ? fields->find("drawing_log_imports") : nullptr;
  if (!imports || !imports->as_list() || imports->as_list()->empty()) {
    return message_error(400, "param is missing: drawing_log_imports", "drawing_upload");
  }
  List kept;
  for (const Value& value : *imports->as_list()) {
    auto import = read_import(call, project, value);
    if (auto* refused = std::get_if<Reply>(&import)) return std::move(*refused);
    kept.push_back(std::get<Document>(std::move(import)));
  }
  Record upload{.kind = "drawing_upload", .project = project, .author = call.caller.id};
  upload.body = {{"drawing_set_id", fields->integer("drawing_set_id")}, {"imports", kept}};
  world.insert(upload);
  world.effect({call.caller.id, "create", "drawing_upload", project, upload.id, ""});
  return json_reply(201, show_upload(world, upload));
}

Reply show(Call& call) {
  const auto admitted = admit(call, call.id(0), kDrawingTool, Access::standard);
  if (admitted.refused) return *admitted.refused;
  auto upload = call.world.record(call.id(1), "drawing_upload");
  if (!upload || upload->project != call.id(0)) return text_error(404, "Not Found");
  publish_if_ready(call.world, *upload);
  return json_reply(200, show_upload(call.world, *upload));
}

Reply list(Call& call) {
  const auto admitted = admit(call, call.id(0), kDrawingTool, Access::standard);
  if (admitted.refused) return *admitted.refused;
  return list_reply(call, {.kind = "drawing_upload", .project = call.id(0)}, page_of(call),
                    [&](const Record& upload) { return show_upload(call.world, upload); });
}

}  // namespace

Routes drawing_upload_routes() {
  const std::string base = "/rest/v1.1/projects/{}/drawing_uploads";
  return {
      route(Method::get, base, list),
      route(Method::post, base, create, Scope::company, Repeats::answer_again),
      route(Method::get, base + "/{}", show),
  };
}

}  // namespace fieldsync::net::sandbox
