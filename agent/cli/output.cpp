#include "agent/cli/output.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "agent/cli/tuning.h"
#include "platform/base/check.h"
#include "platform/base/text.h"

namespace fieldsync::cli {
namespace {

constexpr int kGap = 2;
constexpr std::string_view kEllipsis = "\u2026";

struct Range {
  char32_t first;
  char32_t last;
};

/// Characters without width of their own (Unicode: combining marks, joiners, variation selectors).
constexpr std::array<Range, 14> kZeroWidth{{{0x0300, 0x036F},
                                            {0x0483, 0x0489},
                                            {0x0591, 0x05BD},
                                            {0x0610, 0x061A},
                                            {0x064B, 0x065F},
                                            {0x0E34, 0x0E3A},
                                            {0x0E47, 0x0E4E},
                                            {0x1AB0, 0x1AFF},
                                            {0x1DC0, 0x1DFF},
                                            {0x200B, 0x200F},
                                            {0x202A, 0x202E},
                                            {0x20D0, 0x20FF},
                                            {0xFE00, 0xFE0F},
                                            {0xFE20, 0xFE2F}}};
/// Characters of two columns (Unicode's East Asian Width W and F, and emoji).
constexpr std::array<Range, 11> kDoubleWidth{{{0x1100, 0x115F},
                                              {0x2E80, 0x303E},
                                              {0x3041, 0x33FF},
                                              {0x3400, 0x4DBF},
                                              {0x4E00, 0x9FFF},
                                              {0xA000, 0xA4CF},
                                              {0xAC00, 0xD7A3},
                                              {0xF900, 0xFAFF},
                                              {0xFF00, 0xFF60},
                                              {0x1F300, 0x1FAFF},
                                              {0x20000, 0x3FFFD}}};

template <class Ranges>
bool in(const Ranges& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const Range& range) { return c >= range.first && c <= range.last; });
}

int width_of(char32_t c) {
  if (c < 0x300) return 1;
  if (in(kZeroWidth, c)) return 0;
  return in(kDoubleWidth, c) ? 2 : 1;
}

/// Bytes of the character that begins with `lead`, in valid UTF-8.
std::size_t length_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xE0) return 2;
  return lead < 0xF0 ? 3 : 4;
}

/// Calls `take(character, its bytes)` until it returns false. `text` is valid UTF-8.
template <class Take>
void each_character(std::string_view text, Take take) {
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t length = std::min(length_of(lead), text.size());
    char32_t c = length == 1 ? lead : lead & (0xFF >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      c = (c << 6) | (static_cast<unsigned char>(text[i]) & 0x3F);
    }
    if (!take(c, text.substr(0, length))) return;
    text.remove_prefix(length);
  }
}

/// Widths that fit into `limit`: the widest flexible column gives way first.
void shrink(std::vector<int>& widths, const std::vector<Column>& columns, int limit) {
  int total = 0;
  for (const int width : widths) total += width > 0 ? width + kGap : 0;
  total -= kGap;
  while (total > limit) {
    int widest = -1;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (columns[i].width == Width::flexible && widths[i] > tuning::kColumnMin &&
          (widest < 0 || widths[i] > widths[static_cast<std::size_t>(widest)])) {
        widest = static_cast<int>(i);
      }
    }
    if (widest < 0) return;
    --widths[static_cast<std::size_t>(widest)];
    --total;
  }
}

}  // namespace

int display_width(std::string_view text) {
  int width = 0;
  each_character(text, [&](char32_t c, std::string_view) {
    width += width_of(c);
    return true;
  });
  return width;
}

std::string fit(std::string_view text, int columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns <= 0) return {};
  std::string kept;
  int width = 0;
  each_character(text, [&](char32_t c, std::string_view bytes) {
    if (width + width_of(c) > columns - 1) return false;
    width += width_of(c);
    kept += bytes;
    return true;
  });
  return kept + std::string(kEllipsis);
}

std::string one_line(std::string_view text) {
  std::string line = base::printable(text);
  return std::string(base::trimmed(line));
}

std::string toned(std::string_view text, Tone tone, Colour colour) {
  if (colour == Colour::no || tone == Tone::plain || text.empty()) return std::string(text);
  std::string_view code;
  switch (tone) {
    case Tone::plain:
      break;
    case Tone::good:
      code = "32";
      break;
    case Tone::warning:
      code = "33";
      break;
    case Tone::bad:
      code = "31";
      break;
    case Tone::faint:
      code = "2";
      break;
    case Tone::strong:
      code = "1";
      break;
  }
  return "\x1B[" + std::string(code) + "m" + std::string(text) + "\x1B[0m";
}

void Table::add(std::vector<Cell> row) {
  FS_CHECK(row.size() == columns_.size());
  for (Cell& cell : row) cell.text = one_line(cell.text);
  rows_.push_back(std::move(row));
}

std::string Table::render(int columns, Colour colour) const {
  std::vector<int> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i].text));
    }
  }
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] > 0) widths[i] = std::max(widths[i], display_width(columns_[i].title));
  }
  if (columns > 0) shrink(widths, columns_, columns);

  std::string text;
  const auto add_line = [&](const std::vector<Cell>& cells) {
    std::string line;
    int owed = 0;  // spaces due before the next cell; none are left at the end of a line
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (widths[i] == 0) continue;
      const std::string cell = fit(cells[i].text, widths[i]);
      const int missing = widths[i] - display_width(cell);
      const bool right = columns_[i].align == Align::right;
      if (!cell.empty()) {
        line.append(static_cast<std::size_t>(owed + (right ? missing : 0)), ' ');
        line += toned(cell, cells[i].tone, colour);
        owed = (right ? 0 : missing) + kGap;
      } else {
        owed += widths[i] + kGap;
      }
    }
    text += line + "\n";
  };
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.emplace_back(column.title, Tone::faint);
  add_line(titles);
  for (const auto& row : rows_) add_line(row);
  return text;
}

}  // namespace fieldsync::cli
