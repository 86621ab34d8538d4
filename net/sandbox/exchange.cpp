#include "net/sandbox/exchange.h"

#include <algorithm>
#include <charconv>

#include "platform/base/json.h"
#include "platform/base/text.h"

namespace fieldsync::net::sandbox {

BodyReader read_from(std::string bytes) {
  return [bytes = std::move(bytes)](const std::function<bool(std::string_view)>& take) {
    constexpr std::size_t kPiece = 64 << 10;
    const std::string_view all = bytes;
    for (std::size_t at = 0; at < all.size(); at += kPiece) {
      if (!take(all.substr(at, kPiece))) return false;
    }
    return true;
  };
}

Params::Params(std::string_view query) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view{};
    pairs_.emplace_back(base::url_decode(pair.substr(0, equals)), base::url_decode(value));
  }
}

const std::string* Params::find(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string Params::text(std::string_view name) const {
  const std::string* value = find(name);
  return value ? *value : std::string();
}

std::int64_t Params::integer(std::string_view name, std::int64_t otherwise) const {
  const std::string* value = find(name);
  if (!value) return otherwise;
  std::int64_t number = otherwise;
  const auto end = value->data() + value->size();
  const auto read = std::from_chars(value->data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? number : otherwise;
}

std::vector<std::string> Params::list(std::string_view name) const {
  std::vector<std::string> values;
  const std::string repeated = std::string(name) + "[]";
  for (const auto& [key, value] : pairs_) {
    if (key == repeated) values.push_back(value);
  }
  const std::string* single = find(name);
  if (!single || single->empty()) return values;
  if (single->front() == '[') {
    const auto parsed = base::parse_json(*single);
    const List* items = parsed.ok() ? parsed->as_list() : nullptr;
    if (items) {
      for (const Value& item : *items) values.push_back(base::plain_text(item));
    }
    return values;
  }
  for (std::string& part : base::split(*single, ',')) values.push_back(std::move(part));
  return values;
}

Reply json_reply(int status, const Value& body) {
  return text_reply(status, "application/json; charset=utf-8", base::to_json(body));
}

Reply empty_reply(int status) {
  Reply reply;
  reply.response.status = status;
  return reply;
}

Reply text_reply(int status, std::string_view content_type, std::string body) {
  Reply reply = empty_reply(status);
  reply.response.headers.add("Content-Type", std::string(content_type));
  reply.response.body = std::move(body);
  return reply;
}

Reply field_error(int status, std::string_view field, std::string_view message) {
  return json_reply(status, Document{{"errors", Document{{field, List{message}}}}});
}

Reply list_error(int status, std::string_view message) {
  return json_reply(status, Document{{"errors", List{message}}});
}

Reply text_error(int status, std::string_view message) {
  return json_reply(status, Document{{"errors", message}});
}

Reply base_error(int status, std::string_view field, std::string_view message) {
  return json_reply(status, Document{{"errors", Document{{"base", List{message}},
                                                         {"fields", Document{{field, message}}}}}});
}

Reply message_error(int status, std::string_view message, std::string_view error) {
  return json_reply(status, Document{{"message", message}, {"error", error}});
}

Reply code_error(int status, std::string_view message, std::string_view reason) {
  return json_reply(
      status, Document{{"code", status}, {"message", message}, {"fields", ""}, {"reason", reason}});
}

Reply reason_error(int status, std::string_view reason_code, std::string_view message) {
  const Document detail{{"reason_code", reason_code}, {"message", message}};
  return json_reply(status, Document{{"error", Document{{"code", std::to_string(status)},
                                                        {"message", message},
                                                        {"details", List{detail}}}}});
}

Reply xml_error(int status, std::string_view code, std::string_view message) {
  std::string body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>";
  body.append(code).append("</Code><Message>").append(message).append("</Message></Error>");
  return text_reply(status, "application/xml", std::move(body));
}

}  // namespace fieldsync::net::sandbox
