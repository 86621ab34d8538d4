#include "agent/cli/redact.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace fieldsync::cli {
namespace {

constexpr std::array<std::string_view, 12> kWords{
    "bearer",     "token",   "secret",        "password",    "passwd",        "signature",
    "credential", "api_key", "authorization", "private_key", "code_verifier", "session"};
constexpr std::string_view kRemoved = "(removed)";

std::string lowered(std::string_view text) {
  std::string low(text);
  std::transform(low.begin(), low.end(), low.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return low;
}

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

/// Between a name and its value: `token = "x"`, `token: x`, `Bearer x`, `"token":"x"`.
bool is_between(char c) { return c == ' ' || c == '=' || c == ':' || c == '"' || c == '\''; }

bool ends_value(char c) {
  return c == ' ' || c == '"' || c == '\'' || c == ',' || c == '&' || c == ';' || c == '}' ||
         c == '\t';
}

}  // namespace

std::string without_secrets(std::string_view line) {
  const std::string low = lowered(line);
  std::string clean;
  std::size_t at = 0;
  while (at < line.size()) {
    const auto starts = [&](std::string_view word) {
      return low.compare(at, word.size(), word) == 0;
    };
    const auto* word = std::find_if(kWords.begin(), kWords.end(), starts);
    if (word == kWords.end()) {
      clean += line[at++];
      continue;
    }
    std::size_t value = at + word->size();
    while (value < line.size() && is_name(line[value])) ++value;
    const std::size_t name_end = value;
    while (value < line.size() && is_between(line[value])) ++value;
    clean += line.substr(at, value - at);
    at = value;
    if (value == name_end || value == line.size()) continue;
    // `Authorization: Bearer x`: the word that follows announces the secret itself.
    if (low.compare(value, 6, "bearer") == 0) continue;
    while (at < line.size() && !ends_value(line[at])) ++at;
    clean += kRemoved;
  }
  return clean;
}

}  // namespace fieldsync::cli
