#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Text for a terminal. Pure: what the terminal is like comes in as arguments. Everything that came
/// from outside passes through base::printable here.
namespace fieldsync::cli {

enum class Tone { plain, good, warning, bad, faint, strong };
enum class Colour { no, yes };

/// Columns the text takes on a terminal: combining marks none, East Asian wide characters and emoji
/// two.
int display_width(std::string_view text);
/// The text cut to `columns` with "…" at its end when it is longer; made of whole characters.
std::string fit(std::string_view text, int columns);
/// One line: line breaks become spaces, control characters too.
std::string one_line(std::string_view text);
/// The text in its tone, or plain.
std::string toned(std::string_view text, Tone tone, Colour colour);

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
  Cell(std::string t) : text(std::move(t)) {}
  Cell(const char* t) : text(t) {}
  Cell(std::string t, Tone how) : text(std::move(t)), tone(how) {}
};

enum class Align { left, right };
/// flexible columns give way when the table is wider than the terminal, widest first.
enum class Width { fixed, flexible };

struct Column {
  std::string title;
  Align align = Align::left;
  Width width = Width::fixed;
};

/// Rows in aligned columns, fitted to the terminal.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// As many cells as there are columns.
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }
  /// Lines with their line breaks. `columns` of the terminal; 0: no limit. A column that is empty
  /// in every row is left out.
  std::string render(int columns, Colour colour) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace fieldsync::cli
