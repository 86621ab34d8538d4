#include "net/adapters/procore_read.h"

#include <functional>

#include "tests/unit/adapters_support.h"

namespace fieldsync::net {
namespace {

using base::Cause;
using base::Document;
using base::Value;

const Procore& service() {
  static const Procore kService(options());
  return kService;
}

struct Sample {
  const char* kind;
  std::string_view body;
};
const Sample kSamples[] = {
    {"rfi", kRfiFull},
    {"drawing", kDrawing},
    {"photo", kPhoto},
    {"note", kNote},
    {"album", R"({"id":7,"name":"Progress","private":false,"count":3,
                  "updated_at":"2026-10-01T00:00:00Z"})"},
    {"drawing_area", R"({"id":4,"name":"Hall","updated_at":"2026-10-01T00:00:00Z"})"},
    {"drawing_set", R"({"id":3,"name":"IFC","date":"2026-10-01"})"},
    {"drawing_discipline", R"({"id":5,"name":"Structural","position":1})"},
};

RemoteRecord shown(const char* kind, std::string_view body) {
  auto record = service().read_show(KindId(kind), answer(200, std::string(body)));
  REQUIRE(record.ok());
  return *record;
}

TEST_CASE("an RFI is read with question, replies, attachments and people") {
  const RemoteRecord rfi = shown("rfi", kRfiFull);
  CHECK(rfi.id.raw() == "562949953421999");
  CHECK(rfi.extent == Extent::full);
  CHECK(rfi.updated_at == at("2026-10-30T09:00:01Z"));
  check_json(rfi.fields, R"({
    "number":"12","full_number":"S-12","subject":"Anchor bolts at column B-7",
    "question":"Which length & grade?","status":"open","draft":false,"private":true,
    "assignees":["901","902"],"rfi_manager":"770","due_date":"2026-11-05",
    "drawing_number":"S-101","reference":null,"location":"33","distribution":[],
    "cost_impact":"tbd","schedule_impact":"yes_known","created_by":"8001",
    "created_by_name":"Sam Site","created_at":"2026-10-29T08:15:00Z",
    "updated_at":"2026-10-30T09:00:01Z","attachments":[{"id":"61","name":"bolt.jpg"}],
    "replies":[{"id":"71","body":"M24, 8.8","official":true,"created_by":"901",
      "created_by_name":"Ada Architect","created_at":"2026-10-30T09:00:00Z",
      "attachments":[{"id":"81","name":"detail.pdf"}]}]})");
  REQUIRE(rfi.files.size() == 2);
  CHECK(rfi.files[0].slot == "attachment:61");
  CHECK(rfi.files[0].url == "https://storage.procore.com/a?sig=1");
  CHECK(rfi.files[1].slot == "attachment:81");
  CHECK(rfi.files[1].url == "");
}

TEST_CASE("an RFI of a list is a summary that claims nothing about replies") {
  ListQuery query;
  query.kind = KindId("rfi");
  query.project = kProject;
  const auto page = service().read_list(
      query, answer(200, R"([{"id":5,"number":7,"subject":"s","status":"new_status",
        "questions":[{"id":1,"body":"<p>Why?</p>","errors":[]}]}])"));
  REQUIRE(page.ok());
  REQUIRE(page->records.size() == 1);
  CHECK(page->records[0].extent == Extent::summary);
  check_json(page->records[0].fields,
             R"({"number":"7","subject":"s","status":"new_status","question":"Why?"})");
  CHECK(service().needs_show(KindId("rfi")));
}

TEST_CASE("a drawing is a revision with its PDF") {
  const RemoteRecord drawing = shown("drawing", kDrawing);
  CHECK(drawing.id.raw() == "4294967399");
  check_json(drawing.fields, R"({"number":"S-101","title":"Foundation plan","revision":"2",
    "discipline":"5","area":"4","set":"3","current":true,"obsolete":false,
    "drawing_date":"2026-09-01","received_date":null,"pdf_size":123456,
    "updated_at":"2026-09-03T07:11:09Z"})");
  REQUIRE(drawing.files.size() == 1);
  CHECK(drawing.files[0].slot == "pdf");
  CHECK(drawing.files[0].name == "S-101 rev 2.pdf");
  CHECK(drawing.files[0].size == 123456);
  CHECK_FALSE(service().needs_show(KindId("drawing")));
}

TEST_CASE("a photo is read with album, place and original") {
  const RemoteRecord photo = shown("photo", kPhoto);
  check_json(photo.fields, R"({"filename":"wall.jpg","description":"North wall","album":"7",
    "location":null,"private":false,"starred":true,"trades":["1","2"],"taken_at":null,
    "width":4000,"height":3000,"size":777000,"gps":"52.5,13.4","uploader":"8001",
    "uploader_name":"Sam Site","created_at":"2026-10-01T10:00:00Z",
    "updated_at":"2026-10-01T10:00:05Z"})");
  REQUIRE(photo.files.size() == 1);
  CHECK(photo.files[0].slot == "original");
  CHECK(photo.files[0].size == 777000);
}

TEST_CASE("a note is read with its day and attachments") {
  const RemoteRecord note = shown("note", kNote);
  check_json(note.fields, R"({"comment":"Crane down until noon.","date":"2026-10-02",
    "is_issue_day":true,"status":"approved","location":"33","created_by":"8001",
    "created_by_name":"Sam Site","created_at":"2026-10-02T16:00:00Z",
    "updated_at":"2026-10-02T16:00:00Z","attachments":[{"id":"91","name":"crane.jpg"}]})");
  CHECK(note.files.size() == 1);
}

TEST_CASE("what the service has marked as deleted is gone") {
  CHECK(service()
            .read_show(KindId("rfi"), answer(200, R"({"id":5,"subject":"s","deleted":true})"))
            .failure()
            .cause == Cause::record_gone);
  CHECK(service()
            .read_show(KindId("photo"), answer(200, R"({"id":5,"permanently_deleted":true})"))
            .failure()
            .cause == Cause::record_gone);
}

TEST_CASE("ids are numbers above zero or short words") {
  struct Row {
    const char* json;
    const char* id;
  };
  const Row rows[] = {{"1", "1"},
                      {"9223372036854775807", "9223372036854775807"},
                      {"\"01FZ8QATJYD0K7BZG2PP5GB4KN\"", "01FZ8QATJYD0K7BZG2PP5GB4KN"},
                      {"9223372036854775808", nullptr},
                      {"0", nullptr},
                      {"-4", nullptr},
                      {"1.5", nullptr},
                      {"1e400", nullptr},
                      {"null", nullptr},
                      {"true", nullptr},
                      {"\"\"", nullptr},
                      {"\"../../x\"", nullptr},
                      {"\"a b\"", nullptr},
                      {"[1]", nullptr}};
  for (const Row& row : rows) {
    INFO(row.json);
    const auto value = base::parse_json(row.json);
    if (!value.ok()) continue;
    const auto id = procore::read_id(&*value);
    CHECK(id.has_value() == (row.id != nullptr));
    if (id && row.id != nullptr) CHECK(id->raw() == row.id);
  }
}

TEST_CASE("a sample cut at any byte fails with a cause and never crashes") {
  for (const Sample& sample : kSamples) {
    INFO(sample.kind);
    const std::string whole(sample.body);
    REQUIRE(service().read_show(KindId(sample.kind), answer(200, whole)).ok());
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const auto record =
          service().read_show(KindId(sample.kind), answer(200, whole.substr(0, length)));
      if (record.ok() || record.failure().cause != Cause::unexpected_answer) {
        FAIL("cut at ", length);
      }
    }
  }
}

/// Every field in turn, at every depth, replaced by `with`.
void replace_each(const Value& value, const Value& with, const std::function<void(Value)>& use) {
  use(with);
  if (const Document* document = value.as_document()) {
    for (const auto& field : *document) {
      replace_each(field.value, with, [&](Value changed) {
        Document copy = *document;
        copy.set(field.name, std::move(changed));
        use(std::move(copy));
      });
    }
  } else if (const base::List* list = value.as_list()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      replace_each((*list)[i], with, [&](Value changed) {
        base::List copy = *list;
        copy[i] = std::move(changed);
        use(std::move(copy));
      });
    }
  }
}

TEST_CASE("any field of any type in any place is read or refused with its name") {
  const Value odd[] = {Value{},
                       Value(true),
                       Value(0),
                       Value(std::int64_t{-9223372036854775807}),
                       Value(1e300),
                       Value("text"),
                       Value(""),
                       Value(base::List{}),
                       Value(base::List{Value{}, Value(base::List{Value(1)})}),
                       Value(Document{}),
                       Value(Document{{"id", Document{{"id", 1}}}})};
  for (const Sample& sample : kSamples) {
    INFO(sample.kind);
    const Value whole = json(sample.body);
    for (const Value& with : odd) {
      replace_each(whole, with, [&](Value changed) {
        const auto record =
            service().read_show(KindId(sample.kind), answer(200, base::to_json(changed)));
        const bool named = record.ok() || record.failure().what.size() > 5;
        if (!named) FAIL(base::to_json(changed));
        if (record.ok() && record->id.raw().empty()) FAIL(base::to_json(changed));
      });
    }
  }
}

TEST_CASE("a wrong type names record and field") {
  const auto record =
      service().read_show(KindId("rfi"), answer(200, R"({"id":5,"subject":["x"]})"));
  REQUIRE_FALSE(record.ok());
  CHECK(record.failure().what == "RFI 5: field subject is a list, not text");
  const auto date =
      service().read_show(KindId("rfi"), answer(200, R"({"id":5,"due_date":"2026-02-30"})"));
  REQUIRE_FALSE(date.ok());
  CHECK(date.failure().what == "RFI 5: field due_date is no day");
}

TEST_CASE("only https URLs, or http on loopback, are ever offered for download") {
  struct Row {
    const char* url;
    bool usable;
  };
  const Row rows[] = {{"https://x.example/a", true}, {"http://127.0.0.1:90/a", true},
                      {"http://x.example/a", false}, {"file:///etc/passwd", false},
                      {"gopher://x.example", false}, {"", false},
                      {"javascript:alert(1)", false}};
  for (const Row& row : rows) {
    INFO(row.url);
    const Value url(row.url);
    CHECK(procore::usable_url(&url).empty() == !row.usable);
  }
}

}  // namespace
}  // namespace fieldsync::net
