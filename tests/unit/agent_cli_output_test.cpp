#include "agent/cli/output.h"

#include <doctest/doctest.h>

#include "agent/cli/progress.h"

namespace fieldsync::cli {
namespace {

TEST_CASE("display width counts columns, not bytes") {
  struct Row {
    const char* text;
    int width;
  };
  for (const Row& row : std::vector<Row>{{"", 0},
                                         {"abc", 3},
                                         {"Gr\u00F6\u00DFe", 5},
                                         {"e\u0301", 1},
                                         {"\u6771\u4EAC", 4},
                                         {"\U0001F4F7", 2},
                                         {"\uAC00", 2},
                                         {"\u2026", 1}}) {
    CAPTURE(row.text);
    CHECK(display_width(row.text) == row.width);
  }
}

TEST_CASE("text is cut between characters and ends with an ellipsis") {
  CHECK(fit("abcdef", 6) == "abcdef");
  CHECK(fit("abcdef", 5) == "abcd\u2026");
  CHECK(fit("\u6771\u4EAC\u90FD", 5) == "\u6771\u4EAC\u2026");
  CHECK(fit("\u6771\u4EAC\u90FD", 4) == "\u6771\u2026");
  CHECK(fit("abc", 1) == "\u2026");
  CHECK(fit("abc", 0) == "");
}

TEST_CASE("columns are aligned and no line ends in spaces") {
  Table table({{"ID"}, {"N", Align::right}, {"TITLE", Align::left, Width::flexible}});
  table.add({"a", "7", "Gr\u00F6\u00DFe"});
  table.add({"long-id", "1234", ""});
  CHECK(table.render(0, Colour::no) ==
        "ID          N  TITLE\n"
        "a           7  Gr\u00F6\u00DFe\n"
        "long-id  1234\n");
}

TEST_CASE("a column that is empty in every row is left out") {
  Table table({{"ID"}, {"EMPTY"}, {"TITLE"}});
  table.add({"a", "", "t"});
  CHECK(table.render(0, Colour::no) == "ID  TITLE\na   t\n");
}

TEST_CASE("a table fits the terminal: flexible columns give way, fixed ones do not") {
  Table table({{"ID"}, {"TITLE", Align::left, Width::flexible}});
  table.add({"photo-n7k2", std::string(200, 'x')});
  for (const int columns : {40, 80, 120}) {
    std::string text = table.render(columns, Colour::no);
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t end = text.find('\n', begin);
      CHECK(display_width(text.substr(begin, end - begin)) <= columns);
      begin = end + 1;
    }
    CHECK(text.find("photo-n7k2") != std::string::npos);
    CHECK(text.find("\u2026") != std::string::npos);
  }
  CHECK(table.render(0, Colour::no).find(std::string(200, 'x')) != std::string::npos);
  CHECK(table.render(5, Colour::no).find("photo-n7k2") != std::string::npos);
}

TEST_CASE("what came from outside cannot steer the terminal or break the table") {
  Table table({{"TITLE"}});
  table.add({"a\x1B[2Jb\nc\xFF"});
  const std::string text = table.render(0, Colour::no);
  CHECK(text.find('\x1B') == std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}

TEST_CASE("colours wrap the text and do not change the widths") {
  Table table({{"A"}, {"B"}});
  table.add({Cell("x", Tone::bad), "y"});
  const std::string text = table.render(0, Colour::yes);
  CHECK(text.find("\x1B[31mx\x1B[0m  y\n") != std::string::npos);
}

TEST_CASE("a bar is never fuller than full") {
  CHECK(bar(0, 10, 4) == "[----]");
  CHECK(bar(5, 10, 4) == "[##--]");
  CHECK(bar(20, 10, 4) == "[####]");
  CHECK(bar(-1, 10, 4) == "[----]");
  CHECK(bar(1, 0, 4) == "[----]");
}

}  // namespace
}  // namespace fieldsync::cli
