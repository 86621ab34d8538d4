#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What the tidy checks look at. Every check is a function on a path and a text, so that each can
/// be shown to catch what it is for.
namespace fieldsync::tidy {

struct Finding {
  std::string path;
  int line = 0;  ///< from 1
  std::string rule;
};

/// One file of the tree. `path` is relative to the root, with `/`.
class Source {
 public:
  Source(std::string path, std::string text);

  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }
  /// The text with comments, preprocessor lines and the insides of literals blanked; of the same
  /// length and with the same line breaks. Meaningful for C++ only.
  const std::string& code() const { return code_; }
  /// The text's lines, without their ends.
  const std::vector<std::string>& lines() const { return lines_; }

  bool in(std::string_view folder) const { return path_.starts_with(folder); }
  bool ends_with(std::string_view ending) const { return path_.ends_with(ending); }
  bool is_cpp() const { return ends_with(".cpp") || ends_with(".h"); }
  /// The line, from 1, that holds the position.
  int line_of(std::size_t position) const;

 private:
  std::string path_;
  std::string text_;
  std::string code_;
  std::vector<std::string> lines_;
};

/// One `#include` of a source.
struct Include {
  int line = 0;
  std::string name;
  char opening = '"';  ///< `"` or `<`
};
std::vector<Include> includes_of(const Source& source);

}  // namespace fieldsync::tidy
