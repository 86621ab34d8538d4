#include "tests/unit/adapters_support.h"

namespace fieldsync::net {
namespace {

using base::Cause;
using base::List;
using base::Value;

PushOp op_of(const char* kind, Action action, Document fields, const char* id = "") {
  PushOp op;
  op.kind = KindId(kind);
  op.action = action;
  op.project = kProject;
  op.id = ServiceId(id);
  op.fields = std::move(fields);
  op.token = "tok-1";
  return op;
}

UploadedFile file(const char* name, const char* upload_id) {
  UploadedFile made;
  made.name = name;
  made.upload_id = upload_id;
  made.size = 777000;
  return made;
}

struct Sent {
  std::string line;  ///< "POST /path?query"
  std::string body;
};

Sent sent(const PushOp& op, const ProcoreOptions& with = options()) {
  const HttpRequest request = Procore(with).push(op);
  CHECK(request.auth == Auth::bearer);
  CHECK(request.headers.text("Procore-Company-Id") == "1001");
  const bool has_body = request.method != Method::del;
  CHECK((request.headers.text("Content-Type") == "application/json") == has_body);
  const bool is_post = request.method == Method::post;
  CHECK(request.headers.text("Idempotency-Token") == (is_post ? "tok-1" : ""));
  return {std::string(name(request.method)) + " " + request.url.substr(kApi.size()),
          body_of(request)};
}

void check_sent(const PushOp& op, std::string_view line, std::string_view body,
                const ProcoreOptions& with = options()) {
  const Sent seen = sent(op, with);
  CHECK(seen.line == line);
  check_json(json(seen.body), body);
}

const Document kNewRfi{{"subject", "Beam"},
                       {"question", "a < b?\nYes."},
                       {"assignees", List{"901", "902"}},
                       {"due_date", "2026-11-05"},
                       {"location", "33"},
                       {"reference", "S-1"},
                       {"drawing_number", "S-101"},
                       {"cost_impact", "tbd"},
                       {"private", true},
                       {"draft", false},
                       {"distribution", List{"4294967399"}}};

TEST_CASE("an admin's new RFI carries every field") {
  PushOp op = op_of("rfi", Action::create, kNewRfi);
  op.level = kinds::Level::admin;
  op.files = {file("a.jpg", "01AAA"), file("b.jpg", "01BBB")};
  check_sent(op, "POST /rest/v1.0/projects/2002/rfis", R"({"rfi":{
    "subject":"Beam","question":{"body":"<p>a &lt; b?<br>Yes.</p>","upload_ids":["01AAA","01BBB"]},
    "rfi_manager_id":770,"assignee_ids":[901,902],"due_date":"2026-11-05","location_id":33,
    "reference":"S-1","drawing_number":"S-101","cost_impact":{"status":"tbd"},"private":true,
    "draft":false,"distribution_ids":[4294967399]}})");
}

TEST_CASE("fields for admins are left out for others, unless the switch says to send them") {
  PushOp op = op_of("rfi", Action::create,
                    {{"subject", "s"},
                     {"question", "q"},
                     {"assignees", List{"901"}},
                     {"due_date", "2026-11-05"},
                     {"rfi_manager", "771"},
                     {"status", "draft"}});
  check_sent(op, "POST /rest/v1.0/projects/2002/rfis", R"({"rfi":{"subject":"s",
    "question":{"body":"<p>q</p>"},"rfi_manager_id":771,"draft":true}})");
  ProcoreOptions all = options();
  all.admin_fields = ProcoreOptions::AdminFields::send;
  check_sent(op, "POST /rest/v1.0/projects/2002/rfis", R"({"rfi":{"subject":"s",
    "question":{"body":"<p>q</p>"},"rfi_manager_id":771,"draft":true,
    "assignee_ids":[901],"due_date":"2026-11-05"}})",
             all);
}

TEST_CASE("an impossible day is never sent") {
  PushOp op = op_of("note", Action::edit, {{"date", "2026-02-30"}, {"comment", "c"}}, "6001");
  check_sent(op, "PATCH /rest/v1.0/projects/2002/notes_logs/6001",
             R"({"notes_log":{"comment":"c"}})");
}

TEST_CASE("an edited RFI carries what changed, and its status as Procore has it") {
  struct Row {
    const char* description;
    Document fields;
    Document current;
    const char* rfi;
  };
  const Row rows[] = {
      {"one field", {{"reference", "new"}}, {}, R"({"reference":"new"})"},
      {"a cleared field", {{"location", Value{}}}, {}, R"({"location_id":null})"},
      {"the question", {{"question", "q"}}, {}, R"({"question":{"body":"<p>q</p>"}})"},
      {"open to closed", {{"status", "closed"}}, {{"status", "open"}}, R"({"accepted":true})"},
      {"closed to open", {{"status", "open"}}, {{"status", "closed"}}, R"({"accepted":false})"},
      {"draft to open", {{"status", "open"}}, {{"status", "draft"}}, R"({"draft":false})"},
      {"draft flag to open", {{"status", "open"}}, {{"draft", true}}, R"({"draft":false})"},
      {"draft by its field", {{"draft", false}}, {{"status", "draft"}}, R"({"draft":false})"},
      {"a move that does not exist", {{"status", "draft"}}, {{"status", "open"}}, "{}"},
  };
  for (const Row& row : rows) {
    INFO(row.description);
    PushOp op = op_of("rfi", Action::edit, row.fields, "55");
    op.current = row.current;
    check_sent(op, "PATCH /rest/v1.0/projects/2002/rfis/55",
               R"({"rfi":)" + std::string(row.rfi) + "}");
  }
}

TEST_CASE("a reply carries its text and uploads") {
  PushOp op = op_of("rfi", Action::reply, {{"body", "Use M24 & M30"}, {"official", false}}, "55");
  op.files = {file("d.pdf", "01DDD")};
  check_sent(op, "POST /rest/v1.0/projects/2002/rfis/55/replies", R"({"reply":{
    "body":"<p>Use M24 &amp; M30</p>","official":false,"upload_ids":["01DDD"]}})");
}

TEST_CASE("attaching appends, or repeats what is there when a PATCH replaces") {
  PushOp rfi = op_of("rfi", Action::attach, {}, "55");
  rfi.files = {file("d.pdf", "01DDD")};
  rfi.current = {{"attachments", List{Document{{"id", "61"}, {"name", "old.jpg"}},
                                      Document{{"id", "62"}, {"upload_id", "01OLD"}}, "junk"}}};
  check_sent(rfi, "PATCH /rest/v1.0/projects/2002/rfis/55",
             R"({"rfi":{"question":{"upload_ids":["01DDD"]}}})");
  ProcoreOptions replacing = options();
  replacing.upload_ids_on_patch = ProcoreOptions::UploadIdsOnPatch::replace;
  check_sent(rfi, "PATCH /rest/v1.0/projects/2002/rfis/55",
             R"({"rfi":{"question":{"upload_ids":[61,"01OLD","01DDD"]}}})", replacing);
  PushOp note = rfi;
  note.kind = KindId("note");
  check_sent(note, "PATCH /rest/v1.0/projects/2002/notes_logs/55",
             R"({"notes_log":{"upload_ids":["01DDD"]}})");
}

TEST_CASE("notes are created, edited and removed") {
  PushOp op = op_of("note", Action::create,
                    {{"comment", "Rain"},
                     {"date", "2026-10-02"},
                     {"is_issue_day", true},
                     {"location", "33"},
                     {"status", "approved"}});
  op.level = kinds::Level::admin;
  op.files = {file("r.jpg", "01RRR")};
  check_sent(op, "POST /rest/v1.0/projects/2002/notes_logs", R"({"notes_log":{"comment":"Rain",
    "date":"2026-10-02","is_issue_day":true,"location_id":33,"upload_ids":["01RRR"]}})");
  CHECK(sent(op_of("note", Action::remove, {}, "6001")).line ==
        "DELETE /rest/v1.0/projects/2002/notes_logs/6001");
}

TEST_CASE("photos are created from an upload, edited and removed") {
  PushOp op = op_of(
      "photo", Action::create,
      {{"description", "North"}, {"album", "7"}, {"trades", List{"2", "1"}}, {"log_date", ""}});
  op.files = {file("IMG 1.jpg", "01PPP")};
  check_sent(op, "POST /rest/v1.0/images?project_id=2002", R"({"upload_uuid":"01PPP",
    "image_name":"IMG 1.jpg","image":{"description":"North","image_category_id":7,
    "trade_ids":[2,1],"log_date":null}})");
  op.fields = {{"filename", "wall.jpg"}};
  check_sent(op, "POST /rest/v1.0/images?project_id=2002", R"({"upload_uuid":"01PPP",
    "image_name":"wall.jpg","image":{"description":""}})");
  ProcoreOptions nested = options();
  nested.photo_body = ProcoreOptions::PhotoBody::upload_object;
  check_sent(op, "POST /rest/v1.0/images?project_id=2002", R"({"image":{"description":""},
    "upload":{"uuid":"01PPP","image_name":"wall.jpg"}})",
             nested);
  check_sent(op_of("photo", Action::edit, {{"starred", true}}, "9001"),
             "PATCH /rest/v1.0/images/9001?project_id=2002", R"({"image":{"starred":true}})");
  CHECK(sent(op_of("photo", Action::remove, {}, "9001")).line ==
        "DELETE /rest/v1.0/images/9001?project_id=2002");
}

TEST_CASE("writes that Procore does not have are not offered") {
  const Procore service(options());
  const auto can = [&](const char* kind, Action action) {
    return service.can_push(KindId(kind), action);
  };
  CHECK(can("rfi", Action::reply));
  CHECK_FALSE(can("rfi", Action::remove));
  CHECK_FALSE(can("photo", Action::attach));
  CHECK_FALSE(can("note", Action::reply));
  CHECK_FALSE(can("drawing", Action::edit));
  CHECK_FALSE(can("album", Action::create));
  CHECK_FALSE(can("unheard of", Action::create));
}

TEST_CASE("the answer of a write gives the id and an echo when it can be read") {
  const Procore service(options());
  const PushOp create = op_of("rfi", Action::create, {{"subject", "s"}});
  auto made = service.read_push(create, answer(201, std::string(kRfiFull)));
  REQUIRE(made.ok());
  CHECK(made->id.raw() == "562949953421999");
  REQUIRE(made->echoed.has_value());
  CHECK(made->echoed->extent == Extent::summary);
  made = service.read_push(create, answer(201, R"({"id":5,"subject":false})"));
  REQUIRE(made.ok());
  CHECK(made->id.raw() == "5");
  CHECK_FALSE(made->echoed.has_value());

  const PushOp reply = op_of("rfi", Action::reply, {{"body", "b"}}, "55");
  made = service.read_push(reply, answer(201, R"({"id":71,"plain_text_body":"b"})"));
  REQUIRE(made.ok());
  CHECK(made->id.raw() == "71");

  const PushOp edit = op_of("photo", Action::edit, {{"starred", true}}, "9001");
  CHECK(service.read_push(edit, answer(200, ""))->id.raw() == "9001");
  CHECK(service.read_push(edit, answer(200, std::string(kPhoto)))->echoed.has_value());
  CHECK_FALSE(service.read_push(edit, answer(200, R"({"id":1})"))->echoed.has_value());
}

TEST_CASE("an answer that proves nothing is no success") {
  const Procore service(options());
  const PushOp create = op_of("note", Action::create, {{"comment", "c"}});
  const PushOp edit = op_of("note", Action::edit, {{"comment", "c"}}, "6001");
  const PushOp remove = op_of("note", Action::remove, {}, "6001");
  for (const char* body : {"", "null", "[]", "{}", "{\"id\":null}", "true"}) {
    INFO(body);
    CHECK(service.read_push(create, answer(201, body)).failure().cause == Cause::unexpected_answer);
  }
  for (const PushOp* op : {&create, &edit, &remove}) {
    CHECK(service.read_push(*op, answer(200, "<html>log in</html>")).failure().cause ==
          Cause::captive_portal);
    CHECK(service.read_push(*op, answer(403, "{}")).failure().what.find("tool notes") == 0);
  }
  CHECK(service.read_push(create, answer(404, "{}")).failure().cause == Cause::project_gone);
  CHECK(service.read_push(edit, answer(404, "{}")).failure().cause == Cause::record_gone);
  CHECK(service.read_push(remove, answer(204, "")).ok());
}

}  // namespace
}  // namespace fieldsync::net
