#include "agent/merge/text_merge.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "agent/merge/tuning.h"

/// diff3: both sides are aligned with the base by their longest common subsequences. Where all
/// three agree the text is stable; between two stable stretches at most one side may have changed,
/// or both alike.
namespace fieldsync::merge {
namespace {

using Pieces = std::vector<std::string_view>;

/// Where a piece of the base is found on a side; npos when that side changed it.
constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);
using Alignment = std::vector<std::size_t>;

Pieces lines_of(std::string_view text) {
  Pieces lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Words, each with the white space that follows it: joined again they are the text.
Pieces words_of(std::string_view text) {
  Pieces words;
  while (!text.empty()) {
    std::size_t end = 0;
    while (end < text.size() && !is_space(text[end])) ++end;
    while (end < text.size() && is_space(text[end])) ++end;
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

/// Fills the middle of an alignment, where prefix and suffix are the same already.
bool align_middle(const Pieces& base, const Pieces& side, std::size_t begin, std::size_t base_end,
                  std::size_t side_end, Alignment& found) {
  const std::size_t rows = base_end - begin;
  const std::size_t columns = side_end - begin;
  if (rows == 0 || columns == 0) return true;
  if (rows > tuning::kTextPiecesMax || columns > tuning::kTextPiecesMax ||
      (rows + 1) * (columns + 1) > tuning::kTextCellsMax) {
    return false;
  }
  std::vector<std::uint16_t> common((rows + 1) * (columns + 1));
  const auto cell = [&](std::size_t r, std::size_t c) -> std::uint16_t& {
    return common[r * (columns + 1) + c];
  };
  for (std::size_t r = rows; r-- > 0;) {
    for (std::size_t c = columns; c-- > 0;) {
      cell(r, c) = base[begin + r] == side[begin + c]
                       ? static_cast<std::uint16_t>(cell(r + 1, c + 1) + 1)
                       : std::max(cell(r + 1, c), cell(r, c + 1));
    }
  }
  for (std::size_t r = 0, c = 0; r < rows && c < columns;) {
    if (base[begin + r] == side[begin + c]) {
      found[begin + r++] = begin + c++;
    } else if (cell(r + 1, c) >= cell(r, c + 1)) {
      ++r;
    } else {
      ++c;
    }
  }
  return true;
}

std::optional<Alignment> align(const Pieces& base, const Pieces& side) {
  Alignment found(base.size(), kAbsent);
  const std::size_t shorter = std::min(base.size(), side.size());
  std::size_t begin = 0;
  while (begin < shorter && base[begin] == side[begin]) {
    found[begin] = begin;
    ++begin;
  }
  std::size_t tail = 0;
  while (tail < shorter - begin && base[base.size() - 1 - tail] == side[side.size() - 1 - tail]) {
    ++tail;
    found[base.size() - tail] = side.size() - tail;
  }
  if (!align_middle(base, side, begin, base.size() - tail, side.size() - tail, found)) {
    return std::nullopt;
  }
  return found;
}

std::string joined(const Pieces& pieces, std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) text += pieces[i];
  return text;
}

using Split = Pieces (*)(std::string_view);

std::optional<std::string> merge_pieces(std::string_view base_text, std::string_view our_text,
                                        std::string_view their_text, Split split, Split finer);

/// One stretch between two stable ones.
std::optional<std::string> merge_stretch(const std::string& base, const std::string& ours,
                                         const std::string& theirs, Split finer) {
  if (ours == theirs || theirs == base) return ours;
  if (ours == base) return theirs;
  if (finer == nullptr || base.empty()) return std::nullopt;
  return merge_pieces(base, ours, theirs, finer, nullptr);
}

std::optional<std::string> merge_pieces(std::string_view base_text, std::string_view our_text,
                                        std::string_view their_text, Split split, Split finer) {
  const Pieces base = split(base_text);
  const Pieces ours = split(our_text);
  const Pieces theirs = split(their_text);
  const auto in_ours = align(base, ours);
  const auto in_theirs = align(base, theirs);
  if (!in_ours || !in_theirs) return std::nullopt;
  std::string merged;
  std::size_t b = 0, o = 0, t = 0;
  for (;;) {
    std::size_t stable = b;
    while (stable < base.size() &&
           ((*in_ours)[stable] == kAbsent || (*in_theirs)[stable] == kAbsent)) {
      ++stable;
    }
    const bool at_end = stable == base.size();
    const std::size_t our_end = at_end ? ours.size() : (*in_ours)[stable];
    const std::size_t their_end = at_end ? theirs.size() : (*in_theirs)[stable];
    const auto stretch = merge_stretch(joined(base, b, stable), joined(ours, o, our_end),
                                       joined(theirs, t, their_end), finer);
    if (!stretch) return std::nullopt;
    merged += *stretch;
    if (at_end) return merged;
    merged += base[stable];
    b = stable + 1;
    o = our_end + 1;
    t = their_end + 1;
  }
}

}  // namespace

std::optional<std::string> merge_text(std::string_view base, std::string_view ours,
                                      std::string_view theirs) {
  if (ours == theirs || theirs == base) return std::string(ours);
  if (ours == base) return std::string(theirs);
  return merge_pieces(base, ours, theirs, lines_of, words_of);
}

}  // namespace fieldsync::merge
