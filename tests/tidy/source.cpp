#include "tests/tidy/source.h"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace fieldsync::tidy {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Blanks what is no code, in one walk over the text.
class Blanker {
 public:
  explicit Blanker(const std::string& text) : text_(text), code_(text) {}

  std::string run() {
    while (at_ < text_.size()) step();
    return std::move(code_);
  }

 private:
  bool here(std::string_view what) const { return text_.compare(at_, what.size(), what) == 0; }

  void step() {
    if (text_[at_] == '\n') {
      at_line_start_ = true;
      ++at_;
    } else if (here("//")) {
      blank_to(text_.find('\n', at_));
    } else if (here("/*")) {
      blank_past("*/", at_ + 2);
    } else if (at_line_start_ && text_[at_] == '#') {
      blank_directive();
    } else if (here("R\"") && (at_ == 0 || !is_word(text_[at_ - 1]))) {
      blank_raw_string();
    } else if (text_[at_] == '"' || (text_[at_] == '\'' && !is_digit_separator())) {
      blank_literal(text_[at_]);
    } else {
      at_line_start_ = at_line_start_ && std::isspace(static_cast<unsigned char>(text_[at_])) != 0;
      ++at_;
    }
  }

  bool is_digit_separator() const {
    return at_ > 0 && std::isxdigit(static_cast<unsigned char>(text_[at_ - 1])) != 0 &&
           at_ + 1 < text_.size() && is_word(text_[at_ + 1]) &&
           !(at_ + 2 < text_.size() && text_[at_ + 2] == '\'');
  }

  void blank_to(std::size_t end) {
    end = std::min(end, text_.size());
    for (; at_ < end; ++at_) {
      if (text_[at_] != '\n') code_[at_] = ' ';
    }
  }
  void blank_past(std::string_view ending, std::size_t from) {
    const auto end = text_.find(ending, from);
    blank_to(end == std::string::npos ? end : end + ending.size());
  }
  void blank_directive() {
    std::size_t end = text_.find('\n', at_);
    while (end != std::string::npos && text_[end - 1] == '\\') end = text_.find('\n', end + 1);
    blank_to(end);
  }
  void blank_raw_string() {
    const auto open = text_.find('(', at_);
    if (open == std::string::npos) return blank_to(text_.size());
    blank_past(")" + text_.substr(at_ + 2, open - at_ - 2) + "\"", open);
  }
  void blank_literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    blank_to(end + 1);
  }

  const std::string& text_;
  std::string code_;
  std::size_t at_ = 0;
  bool at_line_start_ = true;
};

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  return lines;
}

}  // namespace

Source::Source(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)), lines_(split_lines(text_)) {
  if (is_cpp()) code_ = Blanker(text_).run();
}

int Source::line_of(std::size_t position) const {
  const auto end = text_.begin() + static_cast<std::ptrdiff_t>(std::min(position, text_.size()));
  return static_cast<int>(std::count(text_.begin(), end, '\n')) + 1;
}

std::vector<Include> includes_of(const Source& source) {
  std::vector<Include> includes;
  int number = 0;
  for (const std::string& line : source.lines()) {
    ++number;
    if (!line.starts_with("#include ")) continue;
    const auto open = line.find_first_of("\"<");
    if (open == std::string::npos) continue;
    const auto close = line.find_first_of("\">", open + 1);
    includes.push_back({number, line.substr(open + 1, close - open - 1), line[open]});
  }
  return includes;
}

}  // namespace fieldsync::tidy
