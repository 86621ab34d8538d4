#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// Values as they travel between service, database and person. A field that is absent ("unset")
/// differs from one that is null; fields are kept sorted by name, so equal documents have equal
/// canonical bytes.
namespace fieldsync::base {

class Value;
struct Field;

/// A record as a map from field name to value, sorted by name.
class Document {
 public:
  Document();
  Document(std::initializer_list<std::pair<std::string_view, Value>> fields);
  /// From fields in any order; of those with one name the last counts. Takes n log n, where setting
  /// them one by one may take the square.
  explicit Document(std::vector<Field> fields);
  Document(const Document&);
  Document(Document&&) noexcept;
  Document& operator=(const Document&);
  Document& operator=(Document&&) noexcept;
  ~Document();

  /// The field's value, or nullptr when it is unset.
  const Value* find(std::string_view name) const;
  Value* find(std::string_view name);
  /// The field's value; an unset field becomes null first.
  Value& operator[](std::string_view name);
  void set(std::string_view name, Value value);
  /// Unsets the field. Returns whether it was set.
  bool erase(std::string_view name);
  bool has(std::string_view name) const { return find(name) != nullptr; }

  /// Text of a text field; empty when unset or not text.
  std::string text(std::string_view name) const;
  /// Integer of an integer field; `otherwise` when unset or not an integer.
  std::int64_t integer(std::string_view name, std::int64_t otherwise = 0) const;

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::vector<Field>::const_iterator begin() const;
  std::vector<Field>::const_iterator end() const;
  bool operator==(const Document& other) const;

 private:
  std::vector<Field> fields_;
};

using List = std::vector<Value>;

class Value {
 public:
  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool value) : data_(value) {}
  Value(int value) : data_(std::int64_t{value}) {}
  Value(std::int64_t value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(List value) : data_(std::move(value)) {}
  Value(Document value) : data_(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  /// Pointers to the content when the value is of that type, else nullptr.
  const bool* as_bool() const { return std::get_if<bool>(&data_); }
  const std::int64_t* as_integer() const { return std::get_if<std::int64_t>(&data_); }
  const double* as_number() const { return std::get_if<double>(&data_); }
  const std::string* as_text() const { return std::get_if<std::string>(&data_); }
  const List* as_list() const { return std::get_if<List>(&data_); }
  List* as_list() { return std::get_if<List>(&data_); }
  const Document* as_document() const { return std::get_if<Document>(&data_); }
  Document* as_document() { return std::get_if<Document>(&data_); }

  bool operator==(const Value& other) const { return data_ == other.data_; }

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Document> data_;
};

struct Field {
  std::string name;
  Value value;
  bool operator==(const Field&) const = default;
};

/// Short plain text of a value for people: text as it is, null as "", a list joined with ", ".
std::string plain_text(const Value& value);

}  // namespace fieldsync::base
