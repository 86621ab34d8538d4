#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "platform/kinds/kind.h"

namespace fieldsync::kinds {
namespace {

using base::Cause;
using base::Document;
using base::List;
using base::Value;

const KindDescriptor& kind(std::string_view id) {
  const KindDescriptor* found = find_kind(id);
  REQUIRE(found != nullptr);
  return *found;
}

base::Result<Value> parsed(std::string_view kind_id, std::string_view field,
                           std::string_view text) {
  const FieldDescriptor* found = kind(kind_id).field(field);
  REQUIRE(found != nullptr);
  return parse_field(kind(kind_id), *found, text);
}

}  // namespace

TEST_CASE("descriptors are consistent") {
  std::set<std::string_view> ids;
  const auto& tools = all_tools();
  for (const KindDescriptor& each : all_kinds()) {
    CAPTURE(each.id);
    CHECK(ids.insert(each.id).second);
    CHECK(std::count(tools.begin(), tools.end(), each.tool) == 1);
    CHECK(each.field(each.title_field) != nullptr);
    CHECK((each.attachments == Attachments::yes) == (each.field("attachments") != nullptr));
    std::set<std::string_view> names;
    for (const FieldDescriptor& field : each.fields) {
      CAPTURE(field.name);
      CHECK(names.insert(field.name).second);
      CHECK((field.type == FieldType::choice) == !field.choices.empty());
      CHECK((field.type == FieldType::references) == (field.merge == MergeRule::set));
      CHECK((field.type == FieldType::children) == (field.merge == MergeRule::append_only));
      if (field.merge == MergeRule::text) CHECK(field.type == FieldType::long_text);
      if (each.writable == Writable::no) CHECK(field.merge == MergeRule::server_owned);
    }
  }
  CHECK(find_kind("budget") == nullptr);
}

TEST_CASE("what only admins may set says so") {
  for (const char* field : {"assignees", "due_date"}) {
    CHECK(kind("rfi").field(field)->writable_from == Level::admin);
  }
  CHECK(kind("rfi").field("rfi_manager")->writable_from == Level::standard);
}

TEST_CASE("text from a command line becomes a value of the field") {
  CHECK(*parsed("rfi", "subject", "Slab edge") == Value("Slab edge"));
  CHECK(*parsed("rfi", "private", "true") == Value(true));
  CHECK(*parsed("rfi", "private", "No") == Value(false));
  CHECK(*parsed("rfi", "due_date", "2026-10-02") == Value("2026-10-02"));
  CHECK(*parsed("rfi", "priority", "high") == Value("high"));
  CHECK(*parsed("rfi", "rfi_manager", " 99519 ") == Value("99519"));
  CHECK(*parsed("rfi", "assignees", "1, 2,,1") == Value(List{"1", "2"}));
  CHECK(*parsed("rfi", "assignees", "") == Value(List{}));
  CHECK(*parsed("rfi", "due_date", "") == Value());
  CHECK(*parsed("note", "comment", "line\nline") == Value("line\nline"));
}

TEST_CASE("text that a field does not accept is refused by name and rule") {
  struct Row {
    const char* kind;
    const char* field;
    std::string text;
    const char* says;
  };
  const std::vector<Row> rows = {
      {"rfi", "private", "maybe", "rfi.private: accepts true or false"},
      {"rfi", "private", "", "true or false"},
      {"rfi", "due_date", "2026-02-30", "a day such as"},
      {"rfi", "due_date", "tomorrow", "a day such as"},
      {"rfi", "status", "done", "one of draft, open, closed"},
      {"rfi", "status", "", "one of draft"},
      {"rfi", "subject", "two\nlines", "one line"},
      {"rfi", "subject", "bad \xFF", "one line"},
      {"rfi", "replies", "hello", "its own command"},
      {"note", "comment", std::string(1'000'001, 'x'), "1,000,000"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.field);
    const auto result = parsed(row.kind, row.field, row.text);
    REQUIRE_FALSE(result.ok());
    CHECK(result.failure().cause == Cause::field_invalid);
    CHECK(result.failure().what.find(row.says) != std::string::npos);
  }
}

TEST_CASE("numbers are whole texts") {
  const FieldDescriptor integer{"n", FieldType::integer, MergeRule::scalar};
  const FieldDescriptor decimal{"n", FieldType::decimal, MergeRule::scalar};
  CHECK(*parse_field(kind("rfi"), integer, "-12") == Value(-12));
  CHECK(*parse_field(kind("rfi"), decimal, "12.5") == Value(12.5));
  for (const char* bad : {"1x", "1.5", "99999999999999999999", "x"}) {
    CHECK_FALSE(parse_field(kind("rfi"), integer, bad).ok());
  }
  for (const char* bad : {"1,5", "inf", "nan", "1e999"}) {
    CHECK_FALSE(parse_field(kind("rfi"), decimal, bad).ok());
  }
}

TEST_CASE("a record is validated for its purpose") {
  struct Row {
    const char* what;
    const char* kind;
    Document fields;
    Purpose purpose;
    Cause expected;
  };
  const Document good = {{"subject", "Slab"}, {"question", "Which edge?"}};
  const std::vector<Row> rows = {
      {"a complete RFI", "rfi", good, Purpose::create, Cause::none},
      {"no question", "rfi", {{"subject", "x"}}, Purpose::create, Cause::field_required},
      {"a blank subject",
       "rfi",
       {{"subject", " "}, {"question", "q"}},
       Purpose::create,
       Cause::field_required},
      {"an edit of one field", "rfi", {{"due_date", "2026-10-02"}}, Purpose::edit, Cause::none},
      {"a cleared date", "rfi", {{"due_date", nullptr}}, Purpose::edit, Cause::none},
      {"a cleared subject", "rfi", {{"subject", nullptr}}, Purpose::edit, Cause::field_required},
      {"a cleared status", "rfi", {{"status", nullptr}}, Purpose::edit, Cause::field_invalid},
      {"an unknown field", "rfi", {{"colour", "red"}}, Purpose::edit, Cause::field_invalid},
      {"the service's field", "rfi", {{"number", "7"}}, Purpose::edit, Cause::field_invalid},
      {"a number for text", "rfi", {{"subject", 7}}, Purpose::edit, Cause::field_invalid},
      {"text for a set", "rfi", {{"assignees", "1"}}, Purpose::edit, Cause::field_invalid},
      {"numbers in a set", "rfi", {{"assignees", List{1}}}, Purpose::edit, Cause::field_invalid},
      {"a set", "rfi", {{"assignees", List{"1"}}}, Purpose::edit, Cause::none},
      {"an impossible day",
       "note",
       {{"comment", "x"}, {"date", "2026-02-30"}},
       Purpose::create,
       Cause::field_invalid},
      {"a photo's name at capture", "photo", {{"filename", "a.jpg"}}, Purpose::create, Cause::none},
      {"a photo's name later",
       "photo",
       {{"filename", "b.jpg"}},
       Purpose::edit,
       Cause::field_invalid},
      {"a drawing", "drawing", {{"title", "x"}}, Purpose::edit, Cause::field_invalid},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto result = validate(kind(row.kind), row.fields, row.purpose);
    CHECK((result.ok() ? Cause::none : result.failure().cause) == row.expected);
  }
}

}  // namespace fieldsync::kinds
