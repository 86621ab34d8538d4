#include "net/http.h"
#include "platform/base/text.h"

namespace fieldsync::net {
namespace {

/// Walks `Link: <target>; name=value; name="quoted", <next>…`. A malformed header ends the walk: a
/// guess at the next page could skip records.
class LinkReader {
 public:
  explicit LinkReader(std::string_view text) : text_(text) {}

  /// The next "<target>", without the brackets.
  std::optional<std::string> target() {
    skip(" \t,");
    if (!take('<')) return std::nullopt;
    const std::size_t end = text_.find('>', at_);
    if (end == std::string_view::npos) return std::nullopt;
    std::string found(text_.substr(at_, end - at_));
    at_ = end + 1;
    return found;
  }

  struct Parameter {
    std::string name;
    std::string value;
  };
  /// The next parameter of the current link; nothing at its end.
  std::optional<Parameter> parameter() {
    skip(" \t");
    if (!take(';')) return std::nullopt;
    skip(" \t");
    const std::size_t end = std::min(text_.find_first_of("=;, \t", at_), text_.size());
    Parameter found{base::to_lower_ascii(text_.substr(at_, end - at_)), ""};
    at_ = end;
    skip(" \t");
    if (take('=')) {
      skip(" \t");
      found.value = value();
    }
    return found;
  }

  bool at_separator() const { return at_ < text_.size() && text_[at_] == ','; }

 private:
  std::string value() {
    if (!take('"')) {
      const std::size_t end = std::min(text_.find_first_of(";, \t", at_), text_.size());
      std::string found(text_.substr(at_, end - at_));
      at_ = end;
      return found;
    }
    std::string found;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      found += text_[at_++];
    }
    if (!take('"')) found.clear();
    return found;
  }

  void skip(std::string_view letters) {
    at_ = std::min(text_.find_first_not_of(letters, at_), text_.size());
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool has_word(std::string_view words, std::string_view wanted) {
  for (const std::string& word : base::split(words, ' ')) {
    if (base::to_lower_ascii(word) == wanted) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> link_target(std::string_view header, std::string_view rel) {
  const std::string wanted = base::to_lower_ascii(rel);
  LinkReader reader(header);
  while (const auto target = reader.target()) {
    bool matches = false;
    bool seen_rel = false;
    while (const auto parameter = reader.parameter()) {
      // RFC 8288 3.3: only the first rel counts.
      if (parameter->name != "rel" || seen_rel) continue;
      seen_rel = true;
      matches = has_word(parameter->value, wanted);
    }
    if (matches && !target->empty()) return target;
    if (!reader.at_separator()) break;
  }
  return std::nullopt;
}

}  // namespace fieldsync::net
