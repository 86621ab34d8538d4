#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "platform/base/text.h"

namespace fieldsync::base {

TEST_CASE("UTF-8 is accepted strictly") {
  struct Row {
    const char* what;
    std::string bytes;
    bool good;
  };
  const std::vector<Row> rows = {
      {"empty", "", true},
      {"ASCII", "Slab", true},
      {"two bytes", "\xC3\xA9", true},
      {"three bytes", "\xE2\x82\xAC", true},
      {"four bytes", "\xF0\x9F\x9A\xA7", true},
      {"last code point", "\xF4\x8F\xBF\xBF", true},
      {"a lone continuation", "\x80", false},
      {"overlong slash in two", "\xC0\xAF", false},
      {"overlong slash in three", "\xE0\x80\xAF", false},
      {"overlong in four", "\xF0\x80\x80\xAF", false},
      {"a surrogate", "\xED\xA0\x80", false},
      {"just below the surrogates", "\xED\x9F\xBF", true},
      {"past U+10FFFF", "\xF4\x90\x80\x80", false},
      {"F5", "\xF5\x80\x80\x80", false},
      {"FF", "\xFF", false},
      {"cut after two of three", "\xE2\x82", false},
      {"cut in the middle", "\xE2\x82 rest", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(is_utf8(row.bytes) == row.good);
  }
}

TEST_CASE("printable text cannot steer a terminal") {
  CHECK(printable("a\x1B[2Jb\r\n\x7F") == "a [2Jb   ");
  CHECK(printable("x\xC2\x9B"
                  "2J") == "x 2J");  // the one-character CSI
  CHECK(printable("\xE2\x82 \xFF") == "\xEF\xBF\xBD \xEF\xBF\xBD");
  CHECK(printable("Caf\xC3\xA9 \xF0\x9F\x9A\xA7") == "Caf\xC3\xA9 \xF0\x9F\x9A\xA7");
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  CHECK(is_utf8(printable(every_byte)));
}

TEST_CASE("a prefix ends between characters") {
  const std::string text = "a\xF0\x9F\x9A\xA7";
  CHECK(utf8_prefix(text, 9) == text);
  CHECK(utf8_prefix(text, 5) == text);
  for (const std::size_t bytes : {1u, 2u, 3u, 4u}) CHECK(utf8_prefix(text, bytes) == "a");
  CHECK(utf8_prefix(text, 0) == "");
  CHECK(utf8_prefix(std::string(10, '\x80'), 5).size() <= 5);
}

TEST_CASE("small helpers") {
  CHECK(to_lower_ascii("AbZ\xC3\x89") == "abz\xC3\x89");
  CHECK(trimmed(" \t a b \r\n") == "a b");
  CHECK(trimmed("  ") == "");
  CHECK(split("a,,b", ',') == std::vector<std::string>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string>{""});
  CHECK(split("a,", ',') == std::vector<std::string>{"a", ""});
}

TEST_CASE("a name from outside becomes one that every file system accepts") {
  struct Row {
    const char* what;
    std::string from;
    std::string to;
  };
  const std::vector<Row> rows = {
      {"an ordinary name", "IMG_0412.jpg", "IMG_0412.jpg"},
      {"letters of the world", "Gründung Süd.pdf", "Gründung Süd.pdf"},
      {"emoji", "\xF0\x9F\x9A\xA7.png", "\xF0\x9F\x9A\xA7.png"},
      {"every refused character", "a#%&{}<>*?/\\|:\"b", "a______________b"},
      {"a path upwards", "../../etc/passwd", ".._.._etc_passwd"},
      {"one dot", ".", "_"},
      {"two dots", "..", "_"},
      {"nothing", "", "_"},
      {"only spaces", "   ", "_"},
      {"trailing dots and spaces", "plan. . .", "plan"},
      {"a leading dot", ".profile", ".profile"},
      {"a device", "CON", "_CON"},
      {"a device with an extension", "con.txt", "_con.txt"},
      {"a device with a space", "NUL .tar.gz", "_NUL .tar.gz"},
      {"a serial port", "COM1.log", "_COM1.log"},
      {"a superscript port", "lpt\xC2\xB2", "_lpt\xC2\xB2"},
      {"no device", "COM10.log", "COM10.log"},
      {"no device either", "CONCRETE.pdf", "CONCRETE.pdf"},
      {"controls", "a\nb\x01", "a_b_"},
      {"a NUL", std::string("a\0b", 3), "a_b"},
      {"bad UTF-8", "a\xFFz\xE2\x82.jpg", "a_z_.jpg"},
      {"300 bytes with an extension", std::string(300, 'x') + ".jpg",
       std::string(251, 'x') + ".jpg"},
      {"300 bytes without one", std::string(300, 'x'), std::string(255, 'x')},
      {"only spaces where it is cut", std::string(300, ' ') + "b", "_"},
      {"a device where it is cut", "CON" + std::string(300, ' ') + "b", "_CON"},
      {"a device with an extension where it is cut", "CON" + std::string(300, ' ') + "b.txt",
       "_CON" + std::string(247, ' ') + ".txt"},
      {"an extension too long to be one", "a." + std::string(300, 'x'),
       "a." + std::string(253, 'x')},
      {"a cut that meets spaces", std::string(250, 'x') + std::string(10, ' ') + "y",
       std::string(250, 'x')},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const std::string safe = safe_file_name(row.from);
    CHECK(safe == row.to);
    CHECK(safe_file_name(safe) == safe);
  }
}

TEST_CASE("a long name of wide characters is cut between them") {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\xF0\x9F\x9A\xA7";
  const std::string safe = safe_file_name(name + ".jpeg");
  CHECK(safe.size() <= 255);
  CHECK(is_utf8(safe));
  CHECK(safe.ends_with(".jpeg"));
}

TEST_CASE("URL encoding leaves only unreserved characters and can be undone") {
  CHECK(url_encode("a b&c=/\xC3\xA9~") == "a%20b%26c%3D%2F%C3%A9~");
  CHECK(url_decode("a+b%26%2f%C3%A9") == "a b&/\xC3\xA9");
  CHECK(url_decode("100%, %zz, %4") == "100%, %zz, %4");
  CHECK(url_decode("%") == "%");
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  CHECK(url_decode(url_encode(every_byte)) == every_byte);
}

}  // namespace fieldsync::base
