#include <algorithm>
#include <array>
#include <cctype>
#include <regex>
#include <string_view>

#include "tests/tidy/checks.h"

namespace fieldsync::tidy {
namespace {

constexpr int kFileLinesMax = 600;
constexpr int kFunctionLinesMax = 70;
constexpr std::size_t kColumnsMax = 100;

/// Whether what stands before an opening brace begins a function: a parameter list, and no `=`
/// before it (a table made by a call) nor a class or namespace.
bool begins_function(std::string_view head) {
  const auto open = head.find('(');
  if (open == std::string_view::npos) return false;
  std::string before(head.substr(0, open));
  static const std::regex kOperator("operator\\s*[=<>!+*/-]*\\s*$");
  static const std::regex kTemplate("template\\s*<[^(]*>");
  static const std::regex kScope("^\\s*(class|struct|union|enum|namespace|TEST_SUITE)\\b");
  before = std::regex_replace(before, kOperator, "");
  before = std::regex_replace(before, kTemplate, "");
  return before.find('=') == std::string::npos && !std::regex_search(before, kScope);
}

bool begins_scope(std::string_view head) {
  static const std::regex kScope("\\b(class|struct|union|namespace|extern|TEST_SUITE)\\b");
  return std::regex_search(head.begin(), head.end(), kScope) &&
         head.find('=') == std::string_view::npos;
}

/// The position of the brace that closes the one at `open`, or the end.
std::size_t closing_brace(const std::string& code, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < code.size(); ++at) {
    if (code[at] == '{') ++depth;
    if (code[at] == '}' && --depth == 0) return at;
  }
  return code.size();
}

/// The first position of the head that is not blank.
std::size_t start_of(const std::string& code, std::size_t from) {
  while (from < code.size() && std::isspace(static_cast<unsigned char>(code[from]))) ++from;
  return from;
}

}  // namespace

Findings check_sizes(const Source& source) {
  Findings findings;
  if (!source.is_cpp()) return findings;
  const int lines = static_cast<int>(source.lines().size());
  if (lines > kFileLinesMax) {
    findings.push_back({source.path(), lines, "a file of " + std::to_string(lines) + " lines"});
  }
  const std::string& code = source.code();
  std::size_t head = 0;  // where the present declaration begins
  for (std::size_t at = 0; at < code.size(); ++at) {
    if (code[at] == ';' || code[at] == '}') head = at + 1;
    if (code[at] != '{') continue;
    const std::string_view before = std::string_view(code).substr(head, at - head);
    if (begins_scope(before) && !begins_function(before)) {
      head = at + 1;
      continue;
    }
    const std::size_t close = closing_brace(code, at);
    const int first = source.line_of(start_of(code, head));
    const int length = source.line_of(close) - first + 1;
    if (begins_function(before) && length > kFunctionLinesMax) {
      findings.push_back(
          {source.path(), first, "a function of " + std::to_string(length) + " lines"});
    }
    at = close;
    head = close + 1;
  }
  return findings;
}

Findings check_text(const Source& source) {
  Findings findings;
  int number = 0;
  const auto found = [&](const std::string& rule) {
    findings.push_back({source.path(), number, rule});
  };
  // Put together here, so that this file does not catch itself.
  static const std::array<std::string, 2> kUnfinished = {std::string("TO") + "DO",
                                                         std::string("FIX") + "ME"};
  for (const std::string& line : source.lines()) {
    ++number;
    if (line.find('\t') != std::string::npos) found("a tab");
    if (!line.empty() && (line.back() == ' ' || line.back() == '\r')) found("a trailing blank");
    const auto columns = std::count_if(line.begin(), line.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // bytes that begin a character
    });
    if (source.is_cpp() && columns > static_cast<std::ptrdiff_t>(kColumnsMax)) {
      found("a line of " + std::to_string(columns) + " columns");
    }
    for (const std::string& word : kUnfinished) {
      if (line.find(word) != std::string::npos) found(word);
    }
  }
  if (!source.text().empty() && source.text().back() != '\n') found("no line break at the end");
  if (source.ends_with(".h") && source.text().find("#pragma once") == std::string::npos) {
    found("no #pragma once");
  }
  return findings;
}

Findings check_named_files(const Source& document,
                           const std::function<bool(const std::string&)>& exists) {
  static const std::regex kNamed(
      "`((platform|storage|net|agent|tests|installer)/[A-Za-z0-9_./-]*)`");
  Findings findings;
  int number = 0;
  for (const std::string& line : document.lines()) {
    ++number;
    for (std::sregex_iterator at(line.begin(), line.end(), kNamed), end; at != end; ++at) {
      std::string name = (*at)[1];
      while (name.ends_with('/')) name.pop_back();
      // A pair is often named without its ending.
      if (exists(name) || exists(name + ".h") || exists(name + ".cpp")) continue;
      findings.push_back({document.path(), number, name + ": does not exist"});
    }
  }
  return findings;
}

Findings check_source(const Source& source) {
  Findings all;
  for (const auto& check : {check_layers, check_libraries, check_system_headers, check_banned_calls,
                            check_sizes, check_text}) {
    const Findings some = check(source);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace fieldsync::tidy
