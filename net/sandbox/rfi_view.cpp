#include "net/sandbox/downloads.h"
#include "net/sandbox/rfis.h"

namespace fieldsync::net::sandbox {
namespace {

List users(World& world, const Document& body, std::string_view name) {
  List shown;
  for (const std::int64_t id : integers(body, name)) {
    Value user = world.user_ref(id);
    if (!user.is_null()) shown.push_back(std::move(user));
  }
  return shown;
}

/// A number in lists, a text in the detail (facts/procore-api.md 8.2).
Value cost_impact(const Document& body, RfiView view) {
  const Document* kept = object(body, "cost_impact");
  if (!kept) return Document{{"status", "n_a"}, {"value", nullptr}};
  Document shown = *kept;
  const Value* value = shown.find("value");
  if (view == RfiView::detail && value && !value->is_null()) {
    shown.set("value", base::plain_text(*value));
  }
  return shown;
}

Value question(World& world, const Record& rfi) {
  const std::string body = rfi.body.text("question_body");
  const Value author = world.user_ref(rfi.author);
  List answers;
  ListSpec spec{.kind = "rfi_reply", .project = rfi.project, .parent = rfi.id};
  world.each(spec, -1, 0,
             [&](const Record& reply) { answers.push_back(show_reply(world, reply)); });
  return Document{{"id", rfi.body.integer("question_id")},
                  {"question_date", iso_text(rfi.created_at)},
                  {"plain_text_body", plain_of(body)},
                  {"rich_text_body", body},
                  {"created_by", author.as_document() ? author.as_document()->text("name") : ""},
                  {"attachments", attachment_list(world, rfi.id)},
                  {"answers", answers}};
}

std::string translated(std::string_view status) {
  if (status == "open") return "Open";
  if (status == "closed") return "Closed";
  if (status == "draft") return "Draft";
  return "Closed (other)";
}

}  // namespace

Value show_reply(World& world, const Record& reply) {
  const std::string body = reply.body.text("body");
  const Value author = world.user_ref(reply.author);
  return Document{{"id", reply.id},
                  {"official", is_true(reply.body, "official")},
                  {"answer_date", iso_text(reply.created_at)},
                  {"plain_text_body", plain_of(body)},
                  {"rich_text_body", body},
                  {"created_by", author.as_document() ? author.as_document()->text("name") : ""},
                  {"created_by_id", reply.author},
                  {"attachments", attachment_list(world, reply.id)}};
}

Value show_rfi(World& world, const Record& rfi, RfiView view) {
  const std::string number = rfi.body.text("number");
  const bool draft = rfi.status == "draft" || rfi.status == "closed_draft";
  Document shown = rfi.body;
  for (const auto hidden : {"question_body", "question_id", "assignee_ids", "required_assignee_ids",
                            "distribution_ids", "rfi_manager_id", "is_private"}) {
    shown.erase(hidden);
  }
  const List assignees = users(world, rfi.body, "assignee_ids");
  shown.set("id", rfi.id);
  shown.set("location", location_of(rfi.body));
  shown.set("status", rfi.status);
  shown.set("translated_status", translated(rfi.status));
  shown.set("full_number", number.empty() ? "" : "C-" + number);
  shown.set("prefix", "C");
  shown.set("private", is_true(rfi.body, "is_private"));
  shown.set("created_at", iso_text(rfi.created_at));
  shown.set("updated_at", iso_text(rfi.updated_at));
  shown.set("created_by", world.user_ref(rfi.author));
  shown.set("rfi_manager", world.user_ref(rfi.body.integer("rfi_manager_id")));
  shown.set("assignees", assignees);
  shown.set("assignee", assignees.empty() ? Value(nullptr) : assignees.front());
  shown.set("ball_in_courts", rfi.status == "open" ? assignees : List{});
  shown.set("cost_impact", cost_impact(rfi.body, view));
  shown.set("current_revision", true);
  shown.set("has_revisions", false);
  shown.set("revision", "0");
  shown.set("source_rfi_header_id", rfi.id);
  shown.set("link", world.urls.api + "/rfi/" + std::to_string(rfi.id));
  if (rfi.deleted_at) {
    shown.set("deleted", true);
    shown.set("deleted_at", iso(rfi.deleted_at));
  }
  if (view == RfiView::list) {
    shown.set("questions", List{Document{{"id", rfi.body.integer("question_id")},
                                         {"body", rfi.body.text("question_body")},
                                         {"errors", List{}}}});
    shown.erase("drawing_ids");
    return shown;
  }
  shown.set("draft", draft);
  shown.set("accepted", rfi.status == "closed" || rfi.status == "closed_draft");
  shown.set("title", rfi.body.text("subject"));
  shown.set("ball_in_court_role", rfi.status == "open" ? "assignees" : "");
  shown.set("distribution_list", users(world, rfi.body, "distribution_ids"));
  shown.set("questions", List{question(world, rfi)});
  return shown;
}

}  // namespace fieldsync::net::sandbox
