#include "net/http.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "platform/base/text.h"
#include "platform/base/time_text.h"

namespace fieldsync::net {

std::string_view name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
  }
  FS_CHECK(false);
  return "";
}

void Headers::add(std::string name, std::string value) {
  list_.emplace_back(std::move(name), std::move(value));
}

const std::string* Headers::find(std::string_view name) const {
  const std::string wanted = base::to_lower_ascii(name);
  for (const auto& [key, value] : list_) {
    if (key.size() == wanted.size() && base::to_lower_ascii(key) == wanted) return &value;
  }
  return nullptr;
}

std::string Headers::text(std::string_view name) const {
  const std::string* value = find(name);
  return value ? *value : std::string();
}

Query& Query::add(std::string_view name, std::string_view value) {
  if (!text_.empty()) text_ += '&';
  text_ += base::url_encode(name) + "=" + base::url_encode(value);
  return *this;
}

std::optional<base::Millis> retry_after(const Headers& headers, base::WallTime now) {
  constexpr base::Millis kDay = std::chrono::hours(24);
  const std::string* header = headers.find("Retry-After");
  if (!header) return std::nullopt;
  const std::string_view text = base::trimmed(*header);
  if (text.empty()) return std::nullopt;
  if (std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    std::int64_t seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ec != std::errc() || seconds > kDay / std::chrono::seconds(1)) return kDay;
    return std::chrono::seconds(seconds);
  }
  const auto date = base::parse_http_date(text);
  if (!date) return std::nullopt;
  return std::clamp(*date - now, base::Millis(0), kDay);
}

}  // namespace fieldsync::net
