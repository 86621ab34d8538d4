#include "net/sandbox/call.h"

#include <algorithm>
#include <charconv>

#include "platform/base/text.h"
#include "platform/base/time_text.h"

namespace fieldsync::net::sandbox {

std::int64_t Call::id(std::size_t index) const {
  if (index >= captured.size()) return 0;
  const std::string& text = captured[index];
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? number : 0;
}

Admission admit(Call& call, std::int64_t project, std::string_view tool, Access at_least) {
  World& world = call.world;
  const auto found = world.project(project);
  if (!found || found->company != call.company) return {text_error(404, "Not Found"), {}, {}};
  if (!world.is_member(project, call.caller.id)) {
    const int status = static_cast<int>(world.settings.number("project_gone_status"));
    return {list_error(status, "You are not permitted to access this project."), {}, {}};
  }
  if (!world.is_enabled(project, tool)) {
    return {message_error(403, "This tool is not enabled in the project.", "Forbidden"), {}, {}};
  }
  const Access level = world.level(project, call.caller.id, tool);
  if (level < at_least || level == Access::none) {
    return {list_error(403, "You do not have permission to perform this action."), level, *found};
  }
  return {std::nullopt, level, *found};
}

std::optional<Reply> refuse_unknown(Call& call, const Document& fields,
                                    const std::vector<std::string_view>& known) {
  if (call.world.settings.choice("unknown_fields") == "ignore") return std::nullopt;
  for (const base::Field& field : fields) {
    if (field.name.starts_with("custom_field_")) continue;
    if (std::find(known.begin(), known.end(), field.name) == known.end()) {
      return code_error(406, "Unknown field", field.name);
    }
  }
  return std::nullopt;
}

const Document* object(const Document& body, std::string_view name) {
  const Value* value = body.find(name);
  return value ? value->as_document() : nullptr;
}

std::vector<std::int64_t> integers(const Document& fields, std::string_view name) {
  std::vector<std::int64_t> found;
  const Value* value = fields.find(name);
  const List* list = value ? value->as_list() : nullptr;
  if (!list) return found;
  for (const Value& item : *list) found.push_back(item.as_integer() ? *item.as_integer() : 0);
  return found;
}

Value lenient_date(const Value& value) {
  const std::string* text = value.as_text();
  if (!text) return nullptr;
  if (base::is_iso_date(*text)) return *text;
  const auto at = base::parse_iso(*text);
  return at ? Value(base::to_iso_date(*at)) : Value(nullptr);
}

namespace {

/// The character an entity stands for; "" when it is none we know.
std::string_view entity(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kEntities[] = {
      {"amp", "&"}, {"lt", "<"},   {"gt", ">"},   {"quot", "\""},
      {"#39", "'"}, {"apos", "'"}, {"nbsp", " "}, {"#x27", "'"}};
  for (const auto& [known, text] : kEntities) {
    if (known == name) return text;
  }
  return {};
}

}  // namespace

std::string plain_of(std::string_view html) {
  std::string text;
  for (std::size_t at = 0; at < html.size(); ++at) {
    if (html[at] == '<') {
      const auto end = html.find('>', at);
      if (end == std::string_view::npos) break;
      const std::string tag = base::to_lower_ascii(html.substr(at + 1, end - at - 1));
      if (tag.starts_with("br") || tag == "/p" || tag == "/div" || tag == "/li") text += '\n';
      at = end;
      continue;
    }
    const auto end = html[at] == '&' ? html.find(';', at) : std::string_view::npos;
    if (end != std::string_view::npos && end - at <= 8) {
      const std::string_view decoded = entity(html.substr(at + 1, end - at - 1));
      if (!decoded.empty()) {
        text += decoded;
        at = end;
        continue;
      }
    }
    text += html[at];
  }
  return std::string(base::trimmed(text));
}

Value location_of(const Document& body) {
  const std::int64_t id = body.integer("location_id");
  if (id == 0) return nullptr;
  const std::string name = "Level " + std::to_string(id % 10);
  return Document{{"id", id},
                  {"name", "Building A>" + name},
                  {"node_name", name},
                  {"parent_id", nullptr},
                  {"created_at", "2026-01-05T09:00:00Z"},
                  {"updated_at", "2026-01-05T09:00:00Z"}};
}

bool is_true(const Document& fields, std::string_view name) {
  const Value* value = fields.find(name);
  return value && value->as_bool() && *value->as_bool();
}

}  // namespace fieldsync::net::sandbox
