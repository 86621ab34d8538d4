#include <set>

#include "tests/support/sandbox_rig.h"

namespace fieldsync::net::sandbox {
namespace {

const std::string kRfis = SandboxRig::project("/rfis");

std::string one(std::int64_t id, const std::string& rest = "") {
  return kRfis + "/" + std::to_string(id) + rest;
}

std::int64_t make(SandboxRig& rig, const std::string& subject = "Slab edge") {
  const Answer created = rig.post(kRfis, SandboxRig::rfi(subject));
  REQUIRE_MESSAGE(created.status == 201, created.raw);
  return created.id();
}

}  // namespace

TEST_CASE("pages by Link add up to Total, with ids above 32 bits") {
  SandboxRig rig;
  std::set<std::int64_t> seen;
  std::string target = kRfis + "?per_page=7";
  int pages = 0;
  while (!target.empty()) {
    const Answer page = rig.get(target);
    REQUIRE(page.status == 200);
    CHECK(page.headers.text("Total") == "60");
    CHECK(page.headers.text("Per-Page") == "7");
    for (std::size_t i = 0; i < page.list().size(); ++i) {
      seen.insert(page.row(i).integer("id"));
    }
    ++pages;
    const std::string link = page.headers.text("Link");
    const auto mark = link.find("rel=\"next\"");
    if (mark == std::string::npos) break;
    const auto from = link.rfind('<', mark) + 1;
    const std::string url = link.substr(from, link.find('>', from) - from);
    target = url.substr(std::string("http://api.sandbox.test").size());
  }
  CHECK(pages == 9);
  CHECK(seen.size() == 60);
  CHECK(*seen.begin() > (std::int64_t{1} << 32));
}

TEST_CASE("a deletion between two pages makes the listing drift") {
  SandboxRig rig;
  const Answer first = rig.get(kRfis + "?serializer_view=ids_only&per_page=10&page=1");
  const std::int64_t gone = *first.list()[0].as_integer();
  const std::int64_t next =
      *rig.get(kRfis + "?serializer_view=ids_only&per_page=10&page=2").list()[0].as_integer();
  rig.office({{"do", "delete"}, {"id", gone}});
  const Answer second = rig.get(kRfis + "?serializer_view=ids_only&per_page=10&page=2");
  CHECK(second.list()[0] != Value(next));
  CHECK(second.headers.text("Total") == "59");
}

TEST_CASE("a page larger than allowed is cut down and says so") {
  SandboxRig rig;
  rig.set({{"per_page_max", 25}});
  const Answer page = rig.get(kRfis + "?per_page=9999");
  CHECK(page.list().size() == 25);
  CHECK(page.headers.text("Per-Page") == "25");
}

TEST_CASE("an updated_at range counts whole seconds and wants both ends") {
  SandboxRig rig;
  const std::int64_t id = make(rig);
  const std::string at = rig.get(one(id)).object().text("updated_at");
  const auto found = [&](const std::string& range) {
    const Answer answer = rig.get(kRfis + "?serializer_view=ids_only&filters[updated_at]=" + range);
    REQUIRE_MESSAGE(answer.status == 200, answer.raw);
    return answer.list().size();
  };
  CHECK(found(at + "..." + at) == 1);
  CHECK(found("%22" + at + "..." + at + "%22") == 1);
  rig.set({{"range_end", "exclusive"}});
  CHECK(found(at + "..." + at) == 0);
  CHECK(rig.get(kRfis + "?filters[updated_at]=" + at + "...").status == 400);
  CHECK(rig.get(kRfis + "?filters[updated_at]=yesterday").status == 400);
}

TEST_CASE("filters[status] wants an array unless the switch says otherwise") {
  SandboxRig rig;
  CHECK(rig.get(kRfis + "?filters[status]=open").status == 400);
  const Answer drafts = rig.get(kRfis + "?filters[status][]=draft&per_page=1");
  CHECK(drafts.row(0).text("status") == "draft");
  rig.set({{"scalar_status_filter", "accept"}});
  CHECK(rig.get(kRfis + "?filters[status]=open").status == 200);
}

TEST_CASE("a list leaves out what only the detail has") {
  SandboxRig rig;
  const Document listed = rig.get(kRfis + "?per_page=1").row(0);
  const Document detail = rig.get(one(listed.integer("id"))).object();
  CHECK_FALSE(listed.has("draft"));
  CHECK(detail.has("draft"));
  CHECK_FALSE(item(children(listed, "questions"), 0).has("answers"));
  CHECK(children(item(children(detail, "questions"), 0), "attachments").size() == 2);
}

TEST_CASE("an open RFI needs subject, manager, question and assignees") {
  SandboxRig rig;
  struct Case {
    const char* missing;
    const char* error;
  };
  for (const Case& test : {Case{"subject", "subject"}, Case{"rfi_manager_id", "rfi_manager"},
                           Case{"question", "question"}, Case{"assignee_ids", "assignees"}}) {
    CAPTURE(test.missing);
    Document body = SandboxRig::rfi("x");
    body.find("rfi")->as_document()->erase(test.missing);
    const Answer refused = rig.post(kRfis, body);
    CHECK(refused.status == 400);
    CHECK(child(refused.object(), "errors").has(test.error));
  }
  Document draft = SandboxRig::rfi("x");
  draft.find("rfi")->as_document()->erase("assignee_ids");
  draft.find("rfi")->as_document()->set("draft", true);
  CHECK(rig.post(kRfis, draft).status == 201);
}

TEST_CASE("a draft has no number until it is opened, and cannot become a draft again") {
  SandboxRig rig;
  Document body = SandboxRig::rfi("draft");
  body.find("rfi")->as_document()->set("draft", true);
  const Answer created = rig.post(kRfis, body);
  CHECK(created.object().text("number") == "");
  CHECK(created.object().find("initiated_at")->is_null());
  const Answer opened = rig.patch(one(created.id()), {{"rfi", Document{{"draft", false}}}});
  CHECK(opened.object().text("status") == "open");
  CHECK(opened.object().text("number") == "61");
  CHECK(rig.patch(one(created.id()), {{"rfi", Document{{"draft", true}}}}).status == 422);
}

TEST_CASE("closing fills time_resolved, reopening clears it, and both may be repeated") {
  SandboxRig rig;
  const std::int64_t id = make(rig);
  for (int i = 0; i < 2; ++i) {
    const Answer closed = rig.patch(one(id), {{"rfi", Document{{"accepted", true}}}});
    CHECK(closed.object().text("status") == "closed");
    CHECK(closed.object().text("time_resolved") != "");
  }
  const Answer reopened = rig.patch(one(id), {{"rfi", Document{{"accepted", false}}}});
  CHECK(reopened.object().text("status") == "open");
  CHECK(reopened.object().find("time_resolved")->is_null());
}

TEST_CASE("an official reply does not close the RFI and by default does not touch it") {
  SandboxRig rig;
  const std::int64_t id = make(rig);
  const std::string before = rig.get(one(id)).object().text("updated_at");
  rig.clock.pass(100);
  const Document body{{"reply", Document{{"body", "<p>Use A &amp; B</p>"}, {"official", true}}}};
  const Answer reply = rig.post(one(id, "/replies"), body);
  REQUIRE(reply.status == 201);
  CHECK(reply.object().text("plain_text_body") == "Use A & B");
  const Document after = rig.get(one(id)).object();
  CHECK(after.text("status") == "open");
  CHECK(after.text("updated_at") == before);
  rig.set({{"reply_bumps_rfi", true}});
  rig.post(one(id, "/replies"), body);
  CHECK(rig.get(one(id)).object().text("updated_at") != before);
}

TEST_CASE("a reply's text never changes, only official does") {
  SandboxRig rig;
  const std::int64_t id = make(rig);
  const Answer reply =
      rig.post(one(id, "/replies"), {{"reply", Document{{"body", "<p>First</p>"}}}});
  const std::string path = one(id, "/replies/" + std::to_string(reply.id()));
  CHECK(rig.patch(path, {{"reply", Document{{"body", "<p>Second</p>"}}}}).status == 422);
  const Answer official = rig.patch(path, {{"reply", Document{{"official", true}}}});
  CHECK(flag(official.object(), "official"));
  CHECK(official.object().text("plain_text_body") == "First");
  CHECK(rig.del(path).status == 200);
  CHECK(rig.del(path).status == 404);
}

TEST_CASE("a standard user makes drafts only, and admin-only fields go by the switch") {
  SandboxRig rig;
  rig.become(kField);
  Document plain = SandboxRig::rfi("mine");
  Document& fields = *plain.find("rfi")->as_document();
  fields.set("draft", true);
  CHECK(rig.post(kRfis, plain).status == 403);  // assignee_ids
  rig.set({{"admin_only_fields", "ignore"}});
  const Answer ignored = rig.post(kRfis, plain);
  CHECK(ignored.status == 201);
  CHECK(children(ignored.object(), "assignees").empty());
  fields.erase("assignee_ids");
  fields.set("draft", false);
  CHECK(rig.post(kRfis, plain).status == 403);
  rig.set({{"standard_open_rfi", "draft"}});
  CHECK(rig.post(kRfis, plain).object().text("status") == "draft");
  CHECK(rig.patch(one(ignored.id()), {{"rfi", Document{{"subject", "changed"}}}}).status == 200);
  CHECK(rig.patch(one(ignored.id()), {{"rfi", Document{{"draft", false}}}}).status == 403);
}

TEST_CASE("act_as_rfi_manager lets a standard user create open RFIs") {
  SandboxRig rig;
  rig.become(kArchitect);
  CHECK(rig.post(kRfis, SandboxRig::rfi("by the architect")).status == 201);
}

TEST_CASE("the recycle bin is for admins; a recycled RFI is gone for everyone else") {
  SandboxRig rig;
  const std::int64_t id = make(rig);
  REQUIRE(rig.patch(one(id, "/recycle"), {}).status == 200);
  CHECK(rig.get(one(id)).status == 404);
  const Answer bin = rig.get(kRfis + "/recycle_bin");
  REQUIRE(bin.list().size() == 1);
  CHECK(flag(bin.row(0), "deleted"));
  const std::string admin = rig.token;
  rig.become(kField);
  CHECK(rig.get(kRfis + "/recycle_bin").status == 403);
  rig.token = admin;
  CHECK(rig.patch(one(id, "/retrieve"), {}).status == 200);
  CHECK(rig.get(one(id)).status == 200);
}

TEST_CASE("a private RFI does not exist for those outside it") {
  SandboxRig rig;
  const std::int64_t id = make(rig);
  const std::string admin = rig.token;
  rig.become(kReader);
  CHECK(rig.get(one(id)).status == 200);
  const std::string before = rig.get(kRfis + "?per_page=1").headers.text("Total");
  rig.office({{"do", "set_private"}, {"id", id}, {"private", true}});
  CHECK(rig.get(one(id)).status == 404);
  CHECK(std::stoi(rig.get(kRfis + "?per_page=1").headers.text("Total")) == std::stoi(before) - 1);
  rig.become(kArchitect);
  CHECK(rig.get(one(id)).status == 200);
}

TEST_CASE("a malformed date is stored as null, an unknown field refused") {
  SandboxRig rig;
  Document body = SandboxRig::rfi("dates");
  Document& fields = *body.find("rfi")->as_document();
  fields.set("due_date", "31.12.2026");
  CHECK(rig.post(kRfis, body).object().find("due_date")->is_null());
  fields.set("due_date", "2026-12-31");
  CHECK(rig.post(kRfis, body).object().text("due_date") == "2026-12-31");
  fields.set("colour", "red");
  CHECK(rig.post(kRfis, body).status == 406);
  rig.set({{"unknown_fields", "ignore"}});
  CHECK(rig.post(kRfis, body).status == 201);
}

TEST_CASE("a body that is no JSON object is refused before anything happens") {
  SandboxRig rig;
  CHECK(rig.call(Method::post, kRfis, "{\"rfi\":", rig.headers()).status == 400);
  CHECK(rig.call(Method::post, kRfis, "[]", rig.headers()).status == 400);
  Headers plain = {{"Authorization", "Bearer " + rig.token},
                   {"Procore-Company-Id", std::to_string(kCompany)},
                   {"Content-Type", "text/plain"}};
  CHECK(rig.call(Method::post, kRfis, "x", plain).status == 406);
  CHECK(rig.control(Method::get, "/ledger").list().empty());
}

}  // namespace fieldsync::net::sandbox
