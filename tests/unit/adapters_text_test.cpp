#include "net/adapters/procore_text.h"

#include <doctest/doctest.h>

#include <string>

namespace fieldsync::net::procore {
namespace {

TEST_CASE("text becomes HTML and the same text again") {
  for (const char* text : {"plain", "a & b < c > d \"e\" 'f'", "two\nlines", "three\n\nlines",
                           "<b>not bold</b>", "&amp; typed", "ümläut ✓", ""}) {
    INFO(text);
    CHECK(from_html(to_html(text)) == text);
  }
  CHECK(to_html("a\r\nb\rc") == "<p>a<br>b<br>c</p>");
  CHECK(to_html("<script>") == "<p>&lt;script&gt;</p>");
}

TEST_CASE("HTML is read as people see it") {
  struct Row {
    const char* html;
    const char* text;
  };
  const Row rows[] = {
      {"<p>One</p><p>Two</p>", "One\nTwo"},
      {"<ul><li>a</li><li>b</li></ul>", "a\nb"},
      {"a<br/>b<BR>c", "a\nb\nc"},
      {"&lt;&#65;&#x42;&gt;&nbsp;&quot;", "<AB> \""},
      {"1 < 2 and 3 > 2", "1 < 2 and 3 > 2"},
      {"&unknown; &#0; &#xD800; &#99999999; &;", "&unknown; &#0; &#xD800; &#99999999; &;"},
      {"<p>unfinished <b", "unfinished <b"},
      {"<!-- x -->y", "y"},
      {"&#8364;", "€"},
  };
  for (const Row& row : rows) {
    INFO(row.html);
    CHECK(from_html(row.html) == row.text);
  }
}

TEST_CASE("texts that differ in markup or white space only compare equal") {
  CHECK(comparable("<p>Which  length &amp;\n grade?</p>") == comparable("Which length & grade?"));
  CHECK(comparable("a\xC2\xA0 b") == "a b");
  CHECK(comparable("a b") != comparable("ab"));
  CHECK(comparable("  ") == "");
}

TEST_CASE("hostile HTML is read in linear time") {
  std::string open;
  for (int i = 0; i < 500'000; ++i) open += "<a";
  CHECK(from_html(open) == open);
  std::string lone;
  for (int i = 0; i < 500'000; ++i) lone += "< ";
  CHECK(from_html(lone + ">") == lone + ">");
  const std::string entities(1'000'000, '&');
  CHECK(from_html(entities) == entities);
}

TEST_CASE("file names match across characters that services replace") {
  CHECK(same_file_name("IMG 1.JPG", "img_1.jpg"));
  CHECK(same_file_name("a#b.pdf", "a_b.pdf"));
  CHECK_FALSE(same_file_name("a.pdf", "a.jpg"));
  CHECK_FALSE(same_file_name("a1.jpg", "a2.jpg"));
}

}  // namespace
}  // namespace fieldsync::net::procore
