#include "tests/unit/adapters_support.h"

/// Look-ups after an answer was lost, and the read-back that "delivered" rests on.
namespace fieldsync::net {
namespace {

using base::Cause;
using base::List;
using base::Value;
using Lines = std::vector<std::string>;

const Procore& service() {
  static const Procore kService(options());
  return kService;
}

UploadedFile file(const char* name, ByteCount size = 777000) {
  UploadedFile made;
  made.name = name;
  made.upload_id = "01AAA";
  made.size = size;
  return made;
}

LookUp look_for(const char* kind, Action action, Document fields, const char* id = "") {
  LookUp look;
  look.op.kind = KindId(kind);
  look.op.action = action;
  look.op.project = kProject;
  look.op.id = ServiceId(id);
  look.op.fields = std::move(fields);
  look.since = at("2026-10-01T09:59:00Z");
  look.until = at("2026-10-01T10:01:00Z");
  look.me = ServiceId("8001");
  return look;
}

Lines found(const LookUp& look, std::string body) {
  const auto page = service().read_look_up(look, answer(200, std::move(body)));
  REQUIRE(page.ok());
  Lines ids;
  for (const RemoteRecord& record : page->candidates) ids.push_back(record.id.raw());
  return ids;
}

std::string asked(const LookUp& look) { return service().look_up(look).url.substr(kApi.size()); }

TEST_CASE("a lost RFI is looked for by time, author, subject and question") {
  const LookUp look =
      look_for("rfi", Action::create, {{"subject", "Beam"}, {"question", "Why?\nHow?"}});
  CHECK(asked(look).find("/rfis?page=1&per_page=1000") != std::string::npos);
  CHECK(asked(look).find("created_at%5D=2026-10-01T09%3A59%3A00Z...2026-10-01T10%3A01%3A01Z") !=
        std::string::npos);
  const std::string mine = R"("created_by":{"id":8001},"created_at":"2026-10-01T10:00:00Z")";
  const std::string body =
      R"([{"id":1,"subject":"Beam",)" + mine +
      R"(,"questions":[{"body":"<p>Why?<br>How?</p>"}]},)"
      R"({"id":2,"subject":"Beam",)" +
      mine +
      R"(,"questions":[{"body":"<p>Other</p>"}]},)"
      R"({"id":3,"subject":"Other",)" +
      mine +
      R"(},)"
      R"({"id":4,"subject":" Beam ",)" +
      mine +
      R"(},)"
      R"({"id":5,"subject":"Beam","created_by":{"id":9},"created_at":"2026-10-01T10:00:00Z"},)"
      R"({"id":6,"subject":"Beam","created_by":{"id":8001},"created_at":"2026-09-01T10:00:00Z"},)"
      R"({"id":7,"subject":"Beam",)" +
      mine +
      R"(,"updated_at":"2026-10-01T10:00:20Z","questions":[{"body":"<p>edited since</p>"}]}])";
  CHECK(found(look, body) == Lines{"1", "4", "7"});
}

TEST_CASE("a lost reply is looked for among the RFI's replies") {
  const LookUp look = look_for("rfi", Action::reply, {{"body", "M24"}}, "55");
  CHECK(asked(look) == "/rest/v1.0/projects/2002/rfis/55/replies?page=1&per_page=1000");
  CHECK(found(look, R"([
    {"id":1,"plain_text_body":"M24","created_by_id":8001,"answer_date":"2026-10-01T10:00:30Z"},
    {"id":2,"plain_text_body":"M24","created_by_id":8002,"answer_date":"2026-10-01T10:00:30Z"},
    {"id":3,"plain_text_body":"M24","created_by_id":8001,"answer_date":"2026-10-01T08:00:30Z"},
    {"id":4,"plain_text_body":"M30","created_by_id":8001,"answer_date":"2026-10-01T10:00:30Z"},
    {"id":5,"rich_text_body":"<p> M24 </p>","created_by_id":8001}])") == Lines{"1", "5"});
}

TEST_CASE("a lost reply with a file is only one that shows the file") {
  LookUp look = look_for("rfi", Action::reply, {{"body", "M24"}}, "55");
  look.op.files = {file("d.pdf")};
  CHECK(found(look, R"([{"id":1,"plain_text_body":"M24","created_by_id":8001},
    {"id":2,"plain_text_body":"M24","created_by_id":8001,
     "attachments":[{"id":9,"name":"d.pdf"}]}])") == Lines{"2"});
}

TEST_CASE("a lost photo is looked for by uploader, time, name, size and description") {
  LookUp look = look_for("photo", Action::create, {{"description", "North wall"}});
  look.op.files = {file("wall.jpg")};
  CHECK(asked(look) ==
        "/rest/v1.0/images?project_id=2002&page=1&per_page=1000&sort=created_at&"
        "filters%5Buploader_id%5D%5B%5D=8001&filters%5Bcreated_at%5D="
        "2026-10-01T09%3A59%3A00Z...2026-10-01T10%3A01%3A01Z");
  const std::string one(kPhoto);
  CHECK(found(look, "[" + one + "]") == Lines{"9001"});
  look.op.files = {file("wall.jpg", 777001)};
  CHECK(found(look, "[" + one + "]").empty());
  look.op.files = {file("other.jpg")};
  CHECK(found(look, "[" + one + "]").empty());
  look.op.files = {file("wall.jpg")};
  look.op.fields = {{"description", "South"}};
  const std::string made =
      R"({"id":9002,"filename":"wall.jpg","size":777000,"description":"North",)"
      R"("uploader":{"id":8001},"created_at":"2026-10-01T10:00:00Z","updated_at":)";
  CHECK(found(look, "[" + made + R"("2026-10-01T10:00:00Z"}])").empty());
  CHECK(found(look, "[" + made + R"("2026-10-01T10:00:20Z"}])") == Lines{"9002"});  // edited since
}

TEST_CASE("a lost note is looked for by author, day and comment") {
  LookUp look = look_for("note", Action::create,
                         {{"comment", "Crane down until noon."}, {"date", "2026-10-02"}});
  look.since = at("2026-10-02T15:59:00Z");
  look.until = at("2026-10-02T16:01:00Z");
  CHECK(asked(look) ==
        "/rest/v1.0/projects/2002/notes_logs?page=1&per_page=1000&filters%5Bstatus%5D=all&"
        "filters%5Bcreated_by_id%5D=8001&log_date=2026-10-02");
  CHECK(found(look, "[" + std::string(kNote) + "]") == Lines{"6001"});
  look.op.fields.set("date", "2026-10-03");
  CHECK(found(look, "[" + std::string(kNote) + "]").empty());
  look.op.fields.erase("date");
  CHECK(asked(look).find("start_date=2026-10-01&end_date=2026-10-03") != std::string::npos);
}

TEST_CASE("the window counts whole seconds, both ends included") {
  LookUp look = look_for("rfi", Action::reply, {{"body", "x"}}, "55");
  look.since = at("2026-10-01T10:00:00Z") + base::Millis(900);
  look.until = at("2026-10-01T10:00:05Z") + base::Millis(100);
  const auto reply_at = [](const char* time) {
    return R"([{"id":1,"plain_text_body":"x","created_by_id":8001,"answer_date":")" +
           std::string(time) + "\"}]";
  };
  CHECK(found(look, reply_at("2026-10-01T10:00:00Z")).size() == 1);
  CHECK(found(look, reply_at("2026-10-01T10:00:06Z")).size() == 1);
  CHECK(found(look, reply_at("2026-10-01T09:59:59Z")).empty());
  CHECK(found(look, reply_at("2026-10-01T10:00:07Z")).empty());
}

TEST_CASE("a look-up never concludes from what it could not read") {
  const LookUp look = look_for("rfi", Action::reply, {{"body", "M24"}}, "55");
  for (const char* body : {R"([{"id":1,"plain_text_body":7}])", "[3.5]", "{}", "", "<html>"}) {
    INFO(body);
    CHECK_FALSE(service().read_look_up(look, answer(200, body)).ok());
  }
  CHECK(service().read_look_up(look, answer(404, "{}")).failure().cause == Cause::record_gone);
}

TEST_CASE("a look-up reads on while there are pages") {
  const LookUp look = look_for("rfi", Action::reply, {{"body", "M24"}}, "55");
  const auto page = service().read_look_up(
      look, answer(200, "[]", {{"Link", R"(<https://a/?page=2>; rel="next")"}}));
  REQUIRE(page.ok());
  REQUIRE(page->next.has_value());
  CHECK(page->next->position == 2);
  CHECK(service().look_up(*page->next).url.find("page=2") != std::string::npos);
}

// --- Read-back -----------------------------------------------------------------------------------

RemoteRecord record_of(const char* kind, std::string_view body) {
  auto record = service().read_show(KindId(kind), answer(200, std::string(body)));
  REQUIRE(record.ok());
  return *record;
}

Lines missing(const char* kind, Action action, Document fields, std::string_view body,
              std::vector<UploadedFile> files = {}, const char* result = "") {
  LookUp look = look_for(kind, action, std::move(fields));
  look.op.files = std::move(files);
  look.op.result = ServiceId(result);
  look.op.level = kinds::Level::admin;
  return service().missing_in(look.op, record_of(kind, body));
}

TEST_CASE("a record that shows all that was sent lacks nothing") {
  CHECK(missing("rfi", Action::create,
                {{"subject", "Anchor  bolts at column B-7"},
                 {"question", "Which length & grade?"},
                 {"assignees", List{"902", "901"}},
                 {"due_date", "2026-11-05"},
                 {"private", true},
                 {"location", "33"},
                 {"reference", ""},
                 {"distribution", List{}},
                 {"cost_impact", "tbd"},
                 {"draft", false},
                 {"status", "open"}},
                kRfiFull, {file("bolt.jpg")})
            .empty());
  CHECK(missing("note", Action::create,
                {{"comment", "Crane down until noon.\n"},
                 {"date", "2026-10-02"},
                 {"is_issue_day", true},
                 {"location", "33"},
                 {"status", "pending"}},
                kNote, {file("crane.jpg")})
            .empty());
  CHECK(missing("photo", Action::create,
                {{"description", "North wall"},
                 {"album", "7"},
                 {"trades", List{"1"}},
                 {"location", Value{}},
                 {"log_date", Value{}}},
                kPhoto, {file("wall.jpg")})
            .empty());
}

TEST_CASE("each thing that did not arrive is one line") {
  struct Row {
    const char* kind;
    Action action;
    Document fields;
    std::string_view body;
    Lines lines;
  };
  const Row rows[] = {
      {"rfi",
       Action::edit,
       {{"subject", "Other"}},
       kRfiFull,
       {"subject is \"Anchor bolts at column B-7\", not \"Other\""}},
      {"rfi",
       Action::edit,
       {{"question", "Other"}},
       kRfiFull,
       {"question is \"Which length & grade?\", not \"Other\""}},
      {"rfi",
       Action::edit,
       {{"assignees", List{"901"}}},
       kRfiFull,
       {"assignees is \"901, 902\", not \"901\""}},
      {"rfi",
       Action::edit,
       {{"due_date", "2026-11-06"}},
       kRfiFull,
       {"due_date is \"2026-11-05\", not \"2026-11-06\""}},
      {"rfi", Action::edit, {{"reference", "R"}}, kRfiFull, {"reference is nothing, not \"R\""}},
      {"rfi", Action::edit, {{"location", Value{}}}, kRfiFull, {"location is \"33\", not nothing"}},
      {"rfi", Action::edit, {{"private", false}}, kRfiFull, {"private is \"true\", not \"false\""}},
      {"rfi",
       Action::edit,
       {{"status", "closed"}},
       kRfiFull,
       {"status is \"open\", not \"closed\""}},
      {"rfi",
       Action::create,
       {{"assignees", List{"5"}}},
       R"({"id":5,"subject":"S","assignees":[{"id":901},{"id":902}]})",
       {"assignees is \"901, 902\", not \"5\""}},
      {"note",
       Action::edit,
       {{"date", "2026-10-03"}},
       kNote,
       {"date is \"2026-10-02\", not \"2026-10-03\""}},
      {"photo",
       Action::edit,
       {{"starred", false}, {"album", "8"}},
       kPhoto,
       {"album is \"7\", not \"8\"", "starred is \"true\", not \"false\""}},
  };
  for (const Row& row : rows) {
    INFO(row.lines[0]);
    CHECK(missing(row.kind, row.action, row.fields, row.body) == row.lines);
  }
}

TEST_CASE("what the office wrote over a capture is no lack of it, what is empty is") {
  const auto lacks = [](std::string_view comment, std::string_view updated) {
    const std::string body = R"({"id":1,"created_at":"2026-10-01T10:00:00Z","updated_at":")" +
                             std::string(updated) + R"(","comment":")" + std::string(comment) +
                             "\"}";
    return missing("note", Action::create, {{"comment", "Wet floor"}}, body);
  };
  CHECK(lacks("Wet floor, closed off", "2026-10-01T10:00:30Z").empty());
  CHECK(lacks("Wet fl", "2026-10-01T10:00:00Z").size() == 1);
  CHECK(lacks("", "2026-10-01T10:00:30Z").size() == 1);
}

TEST_CASE("a date the service dropped is seen") {
  const Lines lines =
      missing("rfi", Action::edit, {{"due_date", "2026-11-05"}}, R"({"id":5,"due_date":null})");
  CHECK(lines == Lines{"due_date is nothing, not \"2026-11-05\""});
}

TEST_CASE("a photo is only there with its size and name") {
  CHECK(missing("photo", Action::create, {}, kPhoto, {file("wall.jpg", 10)}) ==
        Lines{"the service has 777000 bytes, 10 were sent"});
  CHECK(missing("photo", Action::create, {}, kPhoto, {file("door.jpg")}) ==
        Lines{"filename is \"wall.jpg\", not \"door.jpg\""});
  CHECK(missing("photo", Action::create, {}, R"({"id":5,"filename":"wall.jpg"})",
                {file("wall.jpg")}) == Lines{"the service has no size, 777000 were sent"});
}

TEST_CASE("attachments are counted, also when two have the same name") {
  CHECK(missing("note", Action::attach, {}, kNote, {file("crane.jpg"), file("crane.jpg")}) ==
        Lines{"attachment crane.jpg is not there"});
  const char* two = R"({"id":1,"attachments":[{"id":1,"name":"a.jpg"},{"id":2,"name":"a.jpg"}]})";
  CHECK(missing("note", Action::attach, {}, two, {file("a.jpg"), file("a.jpg")}).empty());
  CHECK(missing("note", Action::attach, {}, two, {file("a.jpg"), file("a.jpg"), file("a.jpg")})
            .size() == 1);
  CHECK(missing("rfi", Action::attach, {}, kRfiFull, {file("detail.pdf")}).size() == 1);
}

TEST_CASE("a reply is there by its id or by its text, with its files") {
  const Document body{{"body", "M24, 8.8"}};
  CHECK(missing("rfi", Action::reply, body, kRfiFull).empty());
  CHECK(missing("rfi", Action::reply, body, kRfiFull, {}, "71").empty());
  CHECK(missing("rfi", Action::reply, body, kRfiFull, {}, "72") == Lines{"the reply is not there"});
  CHECK(missing("rfi", Action::reply, {{"body", "M30"}}, kRfiFull) ==
        Lines{"the reply is not there"});
  CHECK(missing("rfi", Action::reply, {{"body", "M30"}}, kRfiFull, {}, "71") ==
        Lines{"body is \"M24, 8.8\", not \"M30\""});
  CHECK(missing("rfi", Action::reply, body, kRfiFull, {file("detail.pdf")}).empty());
  CHECK(missing("rfi", Action::reply, body, kRfiFull, {file("x.pdf")}) ==
        Lines{"attachment x.pdf is not there"});
  CHECK(
      missing("rfi", Action::reply, {{"body", "M24, 8.8"}, {"official", false}}, kRfiFull).size() ==
      1);
}

TEST_CASE("fields the caller may not set are not missed") {
  LookUp look = look_for("rfi", Action::edit, {{"due_date", "2030-01-01"}});
  look.op.level = kinds::Level::standard;
  CHECK(service().missing_in(look.op, record_of("rfi", kRfiFull)).empty());
}

TEST_CASE("a removed record that is still there is missing its removal") {
  CHECK(missing("note", Action::remove, {}, kNote).size() == 1);
}

}  // namespace
}  // namespace fieldsync::net
