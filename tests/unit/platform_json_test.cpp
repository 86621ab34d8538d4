#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

#include "platform/base/digest.h"
#include "platform/base/json.h"

namespace fieldsync::base {

TEST_CASE("equal documents have equal bytes, however they were made") {
  const Document one = {{"b", 1}, {"a", List{true, nullptr, "x"}}};
  Document other;
  other.set("a", List{true, nullptr, "x"});
  other["b"] = 1;
  CHECK(one == other);
  CHECK(to_json(one) == R"({"a":[true,null,"x"],"b":1})");
  CHECK(*parse_json(to_json(one)) == Value(one));
}

TEST_CASE("of fields with one name the last counts, in whatever order they come") {
  CHECK(*parse_json(R"({"b":1,"a":2,"b":3,"a":4,"c":5,"b":6})") ==
        Value(Document{{"a", 4}, {"b", 6}, {"c", 5}}));
  CHECK(*parse_json(R"({"a":1,"a":2})") == Value(Document{{"a", 2}}));
}

TEST_CASE("an object of very many fields costs no more than its size, in whatever order") {
  constexpr int kFields = 300'000;  // with each one put into its place this takes minutes
  std::string text;
  for (int i = kFields; i > 0; --i) text += ",\"" + std::to_string(1'000'000 + i) + "\":0";
  text.front() = '{';
  const auto read = parse_json(text + "}");
  REQUIRE(read.ok());
  CHECK(read->as_document()->size() == kFields);
  CHECK(read->as_document()->has("1000001"));
}

TEST_CASE("unset differs from null") {
  Document document = {{"a", nullptr}};
  CHECK(document.has("a"));
  CHECK(document.find("a")->is_null());
  CHECK(document.erase("a"));
  CHECK_FALSE(document.erase("a"));
  CHECK(document.find("a") == nullptr);
  CHECK(document.text("a").empty());
  CHECK(document.integer("a", 7) == 7);
}

TEST_CASE("numbers keep their kind") {
  CHECK(*parse_json("562949954001234")->as_integer() == 562'949'954'001'234);
  CHECK(parse_json("1.0")->as_integer() == nullptr);
  CHECK(*parse_json("18446744073709551615")->as_number() > 1e19);
  CHECK(*parse_json("-9223372036854775808")->as_integer() ==
        std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("what is JSON is read, and what is not quite is refused") {
  struct Row {
    std::string text;
    const char* read;  ///< as it is written again; nothing where it is refused
  };
  for (const Row& row : std::vector<Row>{
           {"\xEF\xBB\xBF[1]", "[1]"},
           {" {\"b\" : [1, -2 ,3] ,\"a\":{\"c\":null}}\n", R"({"a":{"c":null},"b":[1,-2,3]})"},
           {R"("\"\\\n\u00e9")", "\"\\\"\\\\\\n\xC3\xA9\""},
           {R"({"\u0061":1,"a":2})", R"({"a":2})"},
           {"-0", "0"},
           {"1e3", "1000.0"},
           {"-2.5E-1", "-0.25"},
           {"0.1", "0.1"},
           {"1000000000000000000", "1000000000000000000"},
           {"1e999", nullptr},
           {"-1e-999", "0.0"},
           {"1e-99999999999999999999", "0.0"},
           {"1e99999999999999999999", nullptr},
           {"-0.0e5", "-0.0"},
           {"0.000000000000000000001e-310", "0.0"},
           {"0.0e-5", "0.0"},
           {"123456789012345678901234567890", "1.2345678901234568e+29"},
           {"[0.30000000000000004,5e-324]", "[0.30000000000000004,5e-324]"},
           {"01", nullptr},
           {"-", nullptr},
           {"1.", nullptr},
           {"+1", nullptr},
           {"[1,]", nullptr},
           {"[1 2]", nullptr},
           {R"({"a"})", nullptr},
           {R"({"a":})", nullptr},
           {"{,}", nullptr},
           {"{1:2}", nullptr},
           {"\"\xC3\"", nullptr},
           {"\"\xED\xB0\x80\"", nullptr},
           {R"("\udc00")", nullptr},
           {R"({"\udc00":1})", nullptr},
           {"\"a\nb\"", nullptr},
           {R"("\x")", nullptr},
           {"\"\\", nullptr},
           {"nul", nullptr},
           {"nullx", nullptr},
           {"[1]]", nullptr},
           {"[1] x", nullptr},
           {std::string("[1]\0", 4), nullptr},
           {std::string("[1]\0x", 5), nullptr},
           {"// no\n1", nullptr},
           {"NaN", nullptr},
           {" ", nullptr}}) {
    CAPTURE(row.text);
    const auto read = parse_json(row.text);
    REQUIRE(read.ok() == (row.read != nullptr));
    if (row.read) CHECK(to_json(*read) == row.read);
  }
}

TEST_CASE("hostile JSON meets an error, never a crash") {
  const std::string deep(100'000, '[');
  for (const std::string& bad :
       {deep, std::string("{\"a\":"), std::string("\"\xFF\""), std::string("[1,]"),
        std::string("<html>Sign in</html>"), std::string(""), std::string("{} {}"),
        std::string("1e99999"), std::string("\"\\ud800\"")}) {
    CAPTURE(bad.substr(0, 30));
    const auto result = parse_json(bad);
    REQUIRE_FALSE(result.ok());
    CHECK(result.failure().cause == Cause::unexpected_answer);
  }
  CHECK(parse_json(std::string(64, '[') + std::string(64, ']')).ok());
  CHECK_FALSE(parse_json(std::string(65, '[') + std::string(65, ']')).ok());
}

TEST_CASE("what cannot be JSON is written as the nearest that can") {
  CHECK(to_json(std::numeric_limits<double>::infinity()) == "null");
  CHECK(to_json("a\xFF") == "\"a\xEF\xBF\xBD\"");
}

TEST_CASE("text is escaped where JSON needs it and nowhere else") {
  struct Row {
    const char* what;
    std::string text;
    const char* json;
  };
  for (const Row& row : {
           Row{"plain", "Beam B12, 20 mm / 3'", R"("Beam B12, 20 mm / 3'")"},
           Row{"empty", "", R"("")"},
           Row{"quote and backslash", R"(24" pipe C:\x)", R"("24\" pipe C:\\x")"},
           Row{"short escapes", "a\nb\tc\rd\be\f", R"("a\nb\tc\rd\be\f")"},
           Row{"other controls", std::string("\x01\x1f") + '\0', R"("\u0001\u001f\u0000")"},
           Row{"delete", "\x7f", "\"\x7f\""},
           Row{"beyond ASCII", "Tür 3 m²", "\"Tür 3 m²\""},
       }) {
    CAPTURE(row.what);
    CHECK(to_json(row.text) == row.json);
    CHECK(to_json(Document{{row.text, 1}}) == "{" + std::string(row.json) + ":1}");
    CHECK(*parse_json(to_json(row.text)) == Value(row.text));
  }
}

TEST_CASE("containers and numbers are written as people's JSON has them, without its spaces") {
  const std::string text =
      R"({"list":[1,-2.5,1e+300,0.1,[],{}],"none":null,"size":-9223372036854775808,"yes":true})";
  const auto value = parse_json(text);
  REQUIRE(value.ok());
  CHECK(to_json(*value) == text);
  std::string spaced = to_pretty_json(*value);
  std::erase_if(spaced, [](char c) { return c == ' ' || c == '\n'; });
  CHECK(spaced == text);
}

TEST_CASE("plain text of values is short") {
  CHECK(plain_text(nullptr).empty());
  CHECK(plain_text("a") == "a");
  CHECK(plain_text(List{"a", 1, true}) == "a, 1, true");
}

TEST_CASE("SHA-256 gives the published digests and reads back") {
  CHECK(digest_of("abc").hex() ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest_of("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Hasher hasher;
  hasher.add("a");
  hasher.add("bc");
  CHECK(hasher.finish() == digest_of("abc"));
  CHECK(Digest::from_hex(digest_of("abc").hex()) == digest_of("abc"));
  CHECK_FALSE(Digest::from_hex("ba78").has_value());
  CHECK_FALSE(Digest::from_hex(std::string(64, 'g')).has_value());
}

}  // namespace fieldsync::base
