#include "platform/base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "platform/base/json_reader.h"

namespace fieldsync::base {
namespace {

using Json = nlohmann::json;

/// Builds our Value straight from parser events, so that no second tree exists in memory.
class ValueBuilder : public nlohmann::json_sax<Json> {
 public:
  explicit ValueBuilder(JsonLimits limits) : limits_(limits) {}

  bool null() override { return put(Value{}); }
  bool boolean(bool value) override { return put(Value(value)); }
  bool number_integer(std::int64_t value) override { return put(Value(value)); }
  bool number_unsigned(std::uint64_t value) override {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return put(Value(static_cast<double>(value)));
    }
    return put(Value(static_cast<std::int64_t>(value)));
  }
  bool number_float(double value, const std::string&) override { return put(Value(value)); }
  /// Copied: the parser goes on with the room its buffer has grown to.
  bool string(std::string& value) override { return put(Value(value)); }
  bool binary(Json::binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(Kind::object); }
  bool key(std::string& name) override {
    stack_.back().fields.push_back({name, Value{}});
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Kind::array); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
    error = "not valid JSON at byte " + std::to_string(position);
    return false;
  }

  Value result;
  std::string error;

 private:
  enum class Kind { array, object };
  struct Open {
    Kind kind;
    List items;                 ///< of an array
    std::vector<Field> fields;  ///< of an object, as they came
  };

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

Result<Value> parse_with_library(std::string_view text, JsonLimits limits) {
  ValueBuilder builder(limits);
  if (!Json::sax_parse(text, &builder)) {
    return Failure{Cause::unexpected_answer,
                   builder.error.empty() ? "not valid JSON" : builder.error};
  }
  return std::move(builder.result);
}

}  // namespace

Result<Value> parse_json(std::string_view text, JsonLimits limits) {
  const auto scalar = [](std::string_view token) -> std::optional<Value> {
    auto read = parse_with_library(token, {});
    return read.ok() ? std::optional(std::move(*read)) : std::nullopt;
  };
  if (auto plain = read_plain_json(text, limits, scalar)) return std::move(*plain);
  return parse_with_library(text, limits);
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
