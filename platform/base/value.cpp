#include "platform/base/value.h"

#include <algorithm>

#include "platform/base/json.h"

namespace fieldsync::base {

Document::Document() = default;
Document::Document(const Document&) = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(const Document&) = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Document::Document(std::initializer_list<std::pair<std::string_view, Value>> fields) {
  // Ordered before they are copied: moving whole fields about costs more.
  std::vector<const std::pair<std::string_view, Value>*> order;
  order.reserve(fields.size());
  for (const auto& field : fields) order.push_back(&field);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    const int names = a->first.compare(b->first);
    return names != 0 ? names < 0 : a < b;
  });
  fields_.reserve(fields.size());
  for (const auto* field : order) {
    if (!fields_.empty() && fields_.back().name == field->first) fields_.pop_back();
    fields_.push_back({std::string(field->first), field->second});
  }
}

Document::Document(std::vector<Field> fields) : fields_(std::move(fields)) {
  const auto by_name = [](const Field& a, const Field& b) { return a.name < b.name; };
  if (!std::is_sorted(fields_.begin(), fields_.end(), by_name)) {
    std::stable_sort(fields_.begin(), fields_.end(), by_name);
  }
  // From the back, so that the last of each name is met first.
  const auto kept = std::unique(fields_.rbegin(), fields_.rend(),
                                [](const Field& a, const Field& b) { return a.name == b.name; });
  fields_.erase(fields_.begin(), kept.base());
}

namespace {
/// Room for as many at the first one: growing by ones moves every field each time.
constexpr std::size_t kFieldsAtFirst = 4;

bool comes_before(const Field& field, std::string_view name) { return field.name < name; }

auto lower_bound(auto& fields, std::string_view name) {
  return std::lower_bound(fields.begin(), fields.end(), name, comes_before);
}
}  // namespace

const Value* Document::find(std::string_view name) const {
  const auto at = lower_bound(fields_, name);
  return at != fields_.end() && at->name == name ? &at->value : nullptr;
}

Value* Document::find(std::string_view name) {
  return const_cast<Value*>(std::as_const(*this).find(name));
}

Value& Document::operator[](std::string_view name) {
  auto at = lower_bound(fields_, name);
  if (at == fields_.end() || at->name != name) {
    if (fields_.empty()) {
      fields_.reserve(kFieldsAtFirst);
      at = fields_.end();
    }
    at = fields_.insert(at, Field{std::string(name), Value{}});
  }
  return at->value;
}

void Document::set(std::string_view name, Value value) { (*this)[name] = std::move(value); }

bool Document::erase(std::string_view name) {
  const auto at = lower_bound(fields_, name);
  if (at == fields_.end() || at->name != name) return false;
  fields_.erase(at);
  return true;
}

std::string Document::text(std::string_view name) const {
  const Value* value = find(name);
  const std::string* text = value ? value->as_text() : nullptr;
  return text ? *text : std::string();
}

std::int64_t Document::integer(std::string_view name, std::int64_t otherwise) const {
  const Value* value = find(name);
  const std::int64_t* number = value ? value->as_integer() : nullptr;
  return number ? *number : otherwise;
}

std::size_t Document::size() const { return fields_.size(); }
std::vector<Field>::const_iterator Document::begin() const { return fields_.begin(); }
std::vector<Field>::const_iterator Document::end() const { return fields_.end(); }
bool Document::operator==(const Document& other) const { return fields_ == other.fields_; }

std::string plain_text(const Value& value) {
  if (value.is_null()) return "";
  if (const auto* text = value.as_text()) return *text;
  if (const auto* list = value.as_list()) {
    std::string joined;
    for (const Value& item : *list) {
      if (!joined.empty()) joined += ", ";
      joined += plain_text(item);
    }
    return joined;
  }
  return to_json(value);
}

}  // namespace fieldsync::base
