#include "platform/base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace fieldsync::base {
namespace {

using Json = nlohmann::json;

/// Builds our Value straight from the reader's events, so that no second tree exists in memory.
class ValueBuilder {
 public:
  explicit ValueBuilder(JsonLimits limits) : limits_(limits) {}

  // Called by the reader; false ends the reading.
  using Ch = char;
  bool Null() { return put(Value{}); }
  bool Bool(bool value) { return put(Value(value)); }
  bool Int(int) { return false; }  // numbers come as their text
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    const char* const end = text + size;
    std::int64_t whole = 0;
    const auto [after, fault] = std::from_chars(text, end, whole);
    if (fault == std::errc() && after == end) return put(Value(whole));
    double real = 0;
    if (std::from_chars(text, end, real).ec == std::errc::result_out_of_range) {
      if (!is_below_one({text, size})) {
        error = "JSON with a number past all sizes";
        return false;
      }
      real = 0;
    }
    return put(Value(real));
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return is_text({text, size}) && put(Value(std::string(text, size)));
  }
  bool StartObject() { return open(Kind::object); }
  bool Key(const char* name, rapidjson::SizeType size, bool) {
    if (!is_text({name, size})) return false;
    stack_.back().fields.push_back({std::string(name, size), Value{}});
    return true;
  }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool StartArray() { return open(Kind::array); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  Value result;
  std::string error;

 private:
  enum class Kind { array, object };
  struct Open {
    Kind kind;
    List items;                 ///< of an array
    std::vector<Field> fields;  ///< of an object, as they came
  };

  /// Of a number that no double holds: whether it is too small, not too large.
  static bool is_below_one(std::string_view number) {
    const std::size_t e = std::min(number.find_first_of("eE"), number.size());
    const std::string_view digits = number.substr(0, e);
    const auto dot = static_cast<std::int64_t>(std::min(digits.find('.'), digits.size()));
    const std::size_t nonzero = digits.find_first_of("123456789");
    if (nonzero == std::string_view::npos) return true;
    const auto first = static_cast<std::int64_t>(nonzero);
    int exponent = 0;
    std::string_view power = number.substr(std::min(e + 1, number.size()));
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto read = std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (read.ec == std::errc::result_out_of_range) return power.starts_with('-');
    return dot - first + exponent <= 0;
  }

  /// The reader lets the second half of a pair through when it comes alone and escaped: ED A0 to
  /// ED BF in UTF-8, which is no text.
  bool is_text(std::string_view text) {
    for (auto at = text.find('\xED'); at != text.npos; at = text.find('\xED', at + 1)) {
      if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) {
        error = "JSON with half a surrogate pair";
        return false;
      }
    }
    return true;
  }

  bool open(Kind kind) {
    if (static_cast<int>(stack_.size()) >= limits_.depth_max) {
      error = "JSON nested deeper than " + std::to_string(limits_.depth_max) + " levels";
      return false;
    }
    stack_.push_back({kind, {}, {}});
    return true;
  }

  bool close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    switch (done.kind) {
      case Kind::array:
        return put(Value(std::move(done.items)));
      case Kind::object:
        return put(Value(Document(std::move(done.fields))));
    }
    return false;
  }

  bool put(Value value) {
    if (stack_.empty()) {
      result = std::move(value);
      return true;
    }
    Open& top = stack_.back();
    switch (top.kind) {
      case Kind::array:
        top.items.push_back(std::move(value));
        break;
      case Kind::object:
        top.fields.back().value = std::move(value);
        break;
    }
    return true;
  }

  JsonLimits limits_;
  std::vector<Open> stack_;
};

/// Writes as the library does, byte for byte, but without building its tree: every observation of a
/// record goes through here twice.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void write(const Value& value) {
    if (const bool* flag = value.as_bool()) {
      out_ += *flag ? "true" : "false";
    } else if (const auto* number = value.as_integer()) {
      write_integer(*number);
    } else if (const double* real = value.as_number()) {
      out_ += std::isfinite(*real) ? Json(*real).dump() : "null";
    } else if (const auto* text = value.as_text()) {
      write_text(*text);
    } else if (const List* list = value.as_list()) {
      write_list(*list);
    } else if (const Document* document = value.as_document()) {
      write_document(*document);
    } else {
      out_ += "null";
    }
  }

 private:
  void write_integer(std::int64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out_.append(digits, end);
  }

  /// What is plain in JSON is copied; the library escapes and mends the rest.
  void write_text(const std::string& text) {
    const auto is_plain = [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; };
    if (!std::all_of(text.begin(), text.end(), is_plain)) {
      out_ += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
      return;
    }
    out_ += '"';
    out_ += text;
    out_ += '"';
  }

  void write_list(const List& list) {
    char before = '[';
    for (const Value& item : list) {
      out_ += before;
      before = ',';
      write(item);
    }
    out_ += list.empty() ? "[]" : "]";
  }

  void write_document(const Document& document) {
    char before = '{';
    for (const Field& field : document) {
      out_ += before;
      before = ',';
      write_text(field.name);
      out_ += ':';
      write(field.value);
    }
    out_ += document.empty() ? "{}" : "}";
  }

  std::string& out_;
};

Json to_library(const Value& value) {
  if (const bool* flag = value.as_bool()) return *flag;
  if (const auto* number = value.as_integer()) return *number;
  if (const double* number = value.as_number()) {
    return std::isfinite(*number) ? Json(*number) : Json(nullptr);
  }
  if (const auto* text = value.as_text()) return *text;
  if (const List* list = value.as_list()) {
    Json array = Json::array();
    for (const Value& item : *list) array.push_back(to_library(item));
    return array;
  }
  if (const Document* document = value.as_document()) {
    Json object = Json::object();
    for (const Field& field : *document) object.emplace(field.name, to_library(field.value));
    return object;
  }
  return nullptr;
}

}  // namespace

Result<Value> parse_json(std::string_view text, JsonLimits limits) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  constexpr unsigned kStrict =
      rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
  ValueBuilder builder(limits);
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  const auto read = reader.Parse<kStrict>(stream, builder);
  if (!builder.error.empty()) return Failure{Cause::unexpected_answer, builder.error};
  // To the reader a NUL is the end.
  const std::size_t position = read.IsError() ? read.Offset() : stream.Tell();
  if (read.IsError() || position != text.size()) {
    return Failure{Cause::unexpected_answer, "not valid JSON at byte " + std::to_string(position)};
  }
  return std::move(builder.result);
}

std::string to_json(const Value& value) {
  std::string text;
  Writer(text).write(value);
  return text;
}

std::string to_pretty_json(const Value& value) {
  return to_library(value).dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fieldsync::base
