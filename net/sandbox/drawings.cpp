#include "net/sandbox/drawings.h"

#include "net/sandbox/downloads.h"
#include "net/sandbox/paging.h"
#include "net/sandbox/router.h"
#include "platform/base/time_text.h"

namespace fieldsync::net::sandbox {
namespace {

/// The drawing's fields that each revision repeats.
void add_drawing(World& world, const Record& revision, Document& shown) {
  const auto drawing = world.record(revision.parent, "drawing");
  if (!drawing) return;
  const auto discipline = world.record(drawing->body.integer("discipline"), "drawing_discipline");
  for (const std::string_view name : {"number", "title"}) {
    shown.set(name, drawing->body.text(name));
  }
  shown.set("drawing_number", drawing->body.text("number"));
  shown.set("drawing_area", Document{{"id", drawing->parent}});
  shown.set("obsolete", is_true(drawing->body, "obsolete"));
  if (discipline) {
    shown.set("discipline", Document{{"id", discipline->id},
                                     {"name", discipline->body.text("name")},
                                     {"position", discipline->body.integer("position")}});
  }
}

Value show_revision(World& world, const Record& revision) {
  Document shown = revision.body;
  add_drawing(world, revision, shown);
  const bool processing = world.now() < revision.body.integer("ready_at");
  const std::int64_t file = processing ? 0 : revision.body.integer("file");
  const std::string name = shown.text("number") + ".pdf";
  for (const auto hidden : {"file", "ready_at", "set"}) shown.erase(hidden);
  shown.set("id", revision.id);
  shown.set("drawing_id", revision.parent);
  shown.set("sheet_number", nullptr);
  shown.set("pdf_url", download_url(world, file, name));
  shown.set("pdf_size", processing ? Value(nullptr) : revision.body.integer("pdf_size"));
  for (const auto none : {"png_url", "thumbnail_url", "large_thumbnail_url", "zip_url"}) {
    shown.set(none, nullptr);
  }
  shown.set("drawing_set", Document{{"id", revision.body.integer("set")}});
  shown.set("status", processing ? "processing" : "published");
  shown.set("updated_at", iso_text(revision.updated_at));
  shown.set("has_public_markup_layer_elements", false);
  shown.set("has_drawing_sketches", false);
  shown.set("custom_fields", Document{});
  if (revision.deleted_at) shown.set("deleted_at", iso(revision.deleted_at));
  return shown;
}

/// A reference list: small, whole, in order of position.
Reply reference(Call& call, std::string_view kind) {
  const auto admitted = admit(call, call.id(0), kDrawingTool, Access::read_only);
  if (admitted.refused) return *admitted.refused;
  ListSpec spec{.kind = std::string(kind), .project = call.id(0)};
  spec.ids = call.params.list("filters[id]");
  if (call.params.text("view") == "only_ids") return ids_reply(call, spec, page_of(call));
  return list_reply(call, spec, page_of(call), [&](const Record& record) {
    Document shown = record.body;
    shown.set("id", record.id);
    if (record.kind != "drawing_discipline") {
      shown.set("created_at", iso_text(record.created_at));
      shown.set("updated_at", iso_text(record.updated_at));
    }
    if (record.kind == "drawing_area") {
      ListSpec inside{.kind = "drawing", .project = record.project, .parent = record.id};
      shown.set("drawings_count", call.world.count(inside));
    }
    return Value(shown);
  });
}
Reply areas(Call& call) { return reference(call, "drawing_area"); }
Reply disciplines(Call& call) { return reference(call, "drawing_discipline"); }
Reply sets(Call& call) { return reference(call, "drawing_set"); }

Reply drawings(Call& call) {
  const auto area = call.world.record(call.id(0), "drawing_area");
  const std::int64_t project = call.params.integer("project_id", area ? area->project : 0);
  const auto admitted = admit(call, project, kDrawingTool, Access::read_only);
  if (admitted.refused) return *admitted.refused;
  if (!area || area->project != project) return text_error(404, "Not Found");
  ListSpec spec{.kind = "drawing", .project = project, .parent = area->id};
  return list_reply(call, spec, page_of(call), [&](const Record& drawing) {
    ListSpec newest{
        .kind = "drawing_revision", .project = project, .parent = drawing.id, .order = "id DESC"};
    Document shown{{"id", drawing.id},
                   {"number", drawing.body.text("number")},
                   {"title", drawing.body.text("title")},
                   {"obsolete", is_true(drawing.body, "obsolete")},
                   {"current_revision", nullptr}};
    call.world.each(newest, 1, 0, [&](const Record& revision) {
      shown.set("current_revision", show_revision(call.world, revision));
    });
    return Value(shown);
  });
}

/// The filters SQL does not answer.
struct RevisionFilter {
  std::int64_t area = 0, drawing = 0, discipline = 0, set = 0;
  bool current_only = false;
  bool with_obsolete = false;
  bool active() const { return area || discipline || set || current_only || !with_obsolete; }
};

bool passes(World& world, const RevisionFilter& filter, const Record& revision) {
  const auto drawing = world.record(revision.parent, "drawing");
  if (!drawing) return false;
  if (!filter.with_obsolete && is_true(drawing->body, "obsolete")) return false;
  if (filter.current_only && !is_true(revision.body, "current")) return false;
  if (filter.area && drawing->parent != filter.area) return false;
  if (filter.discipline && drawing->body.integer("discipline") != filter.discipline) return false;
  return !filter.set || revision.body.integer("set") == filter.set;
}

RevisionFilter read_revision_filter(const Params& params) {
  const auto number = [&](const std::string& name) {
    return params.integer(name, params.integer("filters[" + name + "]", 0));
  };
  RevisionFilter filter;
  filter.area = number("drawing_area_id");
  filter.drawing = number("drawing_id");
  filter.discipline = number("drawing_discipline_id");
  filter.set = number("drawing_set_id");
  filter.current_only = params.text("drawing_set_id") == "current_set" ||
                        params.text("filters[drawing_set_id]") == "current_set";
  filter.with_obsolete = params.text("with_obsolete") == "true";
  return filter;
}

std::string revision_order(Call& call) {
  const std::string sort = call.params.text("sort");
  if (sort == "id") return "id";
  if (sort == "-id") return "id DESC";
  if (sort == "created_at") return "created_at, id";
  if (sort == "-created_at") return "created_at DESC, id DESC";
  return default_order(call);
}

Reply revisions(Call& call) {
  const auto admitted = admit(call, call.id(0), kDrawingTool, Access::read_only);
  if (admitted.refused) return *admitted.refused;
  World& world = call.world;
  ListSpec spec{.kind = "drawing_revision", .project = call.id(0)};
  if (auto refused = read_common_filters(call, spec)) return *refused;
  if (spec.ids.empty()) spec.ids = call.params.list("id");
  if (spec.ids.empty()) spec.ids = call.params.list("filters[ids]");
  const std::string deleted = call.params.text("filters[deleted]");
  if (deleted == "only") spec.deleted = Deleted::only;
  if (deleted == "with") spec.deleted = Deleted::with;
  const RevisionFilter filter = read_revision_filter(call.params);
  if (filter.drawing) spec.parent = filter.drawing;
  spec.order = revision_order(call);
  const std::string view = call.params.text("view");
  const bool only_ids = view == "only_ids" || view == "only_ids_post_review";
  const Page page = page_of(call);
  if (!filter.active()) {
    if (only_ids) return ids_reply(call, spec, page);
    return list_reply(call, spec, page,
                      [&](const Record& one) { return show_revision(world, one); });
  }
  List rows;
  std::int64_t passed = 0;
  world.each(spec, -1, 0, [&](const Record& one) {
    if (!passes(world, filter, one)) return;
    const bool shown = passed >= page.offset() && passed < page.offset() + page.size;
    ++passed;
    if (shown) rows.push_back(only_ids ? Value(one.id) : show_revision(world, one));
  });
  Reply reply = json_reply(200, rows);
  add_page_headers(reply, call, page, passed);
  return reply;
}

Reply revision(Call& call) {
  const auto admitted = admit(call, call.id(0), kDrawingTool, Access::read_only);
  if (admitted.refused) return *admitted.refused;
  const auto found = call.world.record(call.id(1), "drawing_revision");
  if (!found || found->project != call.id(0) || found->deleted_at) {
    return text_error(404, "Not Found");
  }
  return json_reply(200, show_revision(call.world, *found));
}

}  // namespace

std::int64_t publish_revision(World& world, const Record& drawing, std::string_view number,
                              std::string_view pdf, std::int64_t set, Seconds processing) {
  world.each({.kind = "drawing_revision", .project = drawing.project, .parent = drawing.id}, -1, 0,
             [&](const Record& older) {
               if (!is_true(older.body, "current")) return;
               Record superseded = older;
               superseded.body.set("current", false);
               if (world.settings.flag("superseded_bumps")) superseded.updated_at = world.now();
               world.save(superseded);
             });
  const std::string day = base::to_iso_date(base::WallTime{std::chrono::seconds(world.now())});
  Record revision{.kind = "drawing_revision",
                  .project = drawing.project,
                  .parent = drawing.id,
                  .author = drawing.author};
  const std::string name = drawing.body.text("number") + ".pdf";
  revision.body = {{"revision_number", number},
                   {"current", true},
                   {"floorplan", true},
                   {"drawing_date", day},
                   {"received_date", day},
                   {"pdf_size", static_cast<std::int64_t>(pdf.size())},
                   {"width", 10'800},
                   {"height", 7'200},
                   {"file", world.add_file(pdf, name, "application/pdf")},
                   {"ready_at", processing > 0 ? world.now() + processing : 0},
                   {"set", set}};
  world.insert(revision);
  return revision.id;
}

Routes drawing_routes() {
  const std::string v11 = "/rest/v1.1/projects/{}";
  const std::string v10 = "/rest/v1.0/projects/{}";
  return {
      route(Method::get, v11 + "/drawing_areas", areas),
      route(Method::get, v11 + "/drawing_disciplines", disciplines),
      route(Method::get, v10 + "/drawing_sets", sets),
      route(Method::get, "/rest/v1.1/drawing_areas/{}/drawings", drawings),
      route(Method::get, v10 + "/drawing_revisions", revisions),
      route(Method::get, v10 + "/drawing_revisions/{}", revision),
  };
}

}  // namespace fieldsync::net::sandbox
