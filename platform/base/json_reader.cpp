#include "platform/base/json_reader.h"

#include <charconv>
#include <iterator>
#include <utility>
#include <vector>

namespace fieldsync::base {
namespace {

/// More digits may not fit an integer.
constexpr std::size_t kDigitsMax = 18;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_plain(char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; }

class Reader {
 public:
  Reader(std::string_view text, JsonLimits limits, ScalarReader scalar)
      : at_(text.data()),
        end_(at_ + text.size()),
        levels_left_(limits.depth_max),
        scalar_(scalar) {}

  std::optional<Value> read() {
    Value result;
    if (!read_value(result)) return std::nullopt;
    skip_space();
    if (at_ != end_) return std::nullopt;
    return result;
  }

 private:
  // Each returns false when the text is not plain here.

  bool read_value(Value& out) {
    skip_space();
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
        return read_object(out);
      case '[':
        return read_array(out);
      case '"':
        return read_text(out);
      case 't':
        return read_word("true", Value(true), out);
      case 'f':
        return read_word("false", Value(false), out);
      case 'n':
        return read_word("null", Value(), out);
      default:
        return read_number(out);
    }
  }

  /// Members wait in one vector for all levels, so that each object is made in its true size.
  bool read_object(Value& out) {
    if (--levels_left_ < 0) return false;
    const std::size_t first = fields_.size();
    ++at_;
    if (!take('}')) {
      do {
        Field field;
        Value name;
        skip_space();
        if (at_ == end_ || *at_ != '"' || !read_text(name) || !take(':')) return false;
        if (!read_value(field.value)) return false;
        field.name = std::move(*name.as_text());
        fields_.push_back(std::move(field));
      } while (take(','));
      if (!take('}')) return false;
    }
    ++levels_left_;
    out = Value(Document(taken_from(fields_, first)));
    return true;
  }

  bool read_array(Value& out) {
    if (--levels_left_ < 0) return false;
    const std::size_t first = items_.size();
    ++at_;
    if (!take(']')) {
      do {
        Value item;
        if (!read_value(item)) return false;
        items_.push_back(std::move(item));
      } while (take(','));
      if (!take(']')) return false;
    }
    ++levels_left_;
    out = Value(taken_from(items_, first));
    return true;
  }

  bool read_text(Value& out) {
    const char* const begin = at_++;
    while (at_ != end_ && is_plain(*at_)) ++at_;
    if (at_ == end_) return false;
    if (*at_ == '"') {
      out = Value(std::string(begin + 1, at_++));
      return true;
    }
    while (at_ != end_ && *at_ != '"') at_ += *at_ == '\\' && at_ + 1 != end_ ? 2 : 1;
    if (at_ == end_) return false;
    ++at_;
    return ask_library(begin, out) && out.as_text();
  }

  bool read_number(Value& out) {
    const char* const begin = at_;
    if (*at_ == '-') ++at_;
    const char* const digits = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    const auto count = static_cast<std::size_t>(at_ - digits);
    const bool has_more = at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E');
    const bool leads_with_zero = count > 1 && *digits == '0';
    if (count == 0 || leads_with_zero) return false;
    std::int64_t number = 0;
    if (!has_more && count <= kDigitsMax) {
      std::from_chars(begin, at_, number);
      // What "-0" is the library knows.
      if (number != 0 || digits == begin) {
        out = Value(number);
        return true;
      }
    }
    while (at_ != end_ && (is_digit(*at_) || *at_ == '.' || *at_ == 'e' || *at_ == 'E' ||
                           *at_ == '+' || *at_ == '-')) {
      ++at_;
    }
    return ask_library(begin, out);
  }

  bool read_word(std::string_view word, Value meaning, Value& out) {
    if (static_cast<std::size_t>(end_ - at_) < word.size()) return false;
    if (std::string_view(at_, word.size()) != word) return false;
    at_ += word.size();
    out = std::move(meaning);
    return true;
  }

  bool ask_library(const char* begin, Value& out) {
    auto read = scalar_(std::string_view(begin, static_cast<std::size_t>(at_ - begin)));
    if (!read) return false;
    out = std::move(*read);
    return true;
  }

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }
  /// Whether `c` comes next; it is passed then.
  bool take(char c) {
    skip_space();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  template <class Part>
  static std::vector<Part> taken_from(std::vector<Part>& waiting, std::size_t first) {
    const auto begin = waiting.begin() + static_cast<std::ptrdiff_t>(first);
    std::vector<Part> parts(std::make_move_iterator(begin), std::make_move_iterator(waiting.end()));
    waiting.erase(begin, waiting.end());
    return parts;
  }

  const char* at_;
  const char* const end_;
  int levels_left_;
  const ScalarReader scalar_;
  std::vector<Field> fields_;
  std::vector<Value> items_;
};

}  // namespace

std::optional<Value> read_plain_json(std::string_view text, JsonLimits limits,
                                     ScalarReader scalar) {
  return Reader(text, limits, scalar).read();
}

}  // namespace fieldsync::base
