#include <algorithm>
#include <charconv>

#include "net/http.h"
#include "platform/base/text.h"

namespace fieldsync::net {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Letters of a URL that every parser reads alike. Spaces, controls, other bytes and the backslash
/// are where parsers disagree about the host, so they are refused.
bool is_plain(char c) { return c > 0x20 && c < 0x7F && c != '\\'; }

bool is_name_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '.' &&
         host.find("..") == std::string_view::npos &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return is_digit(c) || is_alpha(c) || c == '.' || c == '-' || c == '_';
         });
}

bool is_ipv6_host(std::string_view host) {
  return host.find(':') != std::string_view::npos && host.size() <= 45 &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
         });
}

/// The port of ":8080"; nothing unless it is a number from 1 to 65535. "" and ":" are 0.
std::optional<int> read_port(std::string_view text) {
  if (text.size() <= 1) return 0;
  text.remove_prefix(1);
  int port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  if (port < 1 || port > 65535) return std::nullopt;
  return port;
}

/// Splits "host:port" or "[v6]:port" into `url`. User information is refused: nobody needs it here,
/// and it is how "https://api.procore.com@elsewhere/" is meant to be misread.
bool read_authority(std::string_view text, Url& url) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    url.host = base::to_lower_ascii(text.substr(1, end - 1));
    port = text.substr(end + 1);
    if (!is_ipv6_host(url.host)) return false;
    if (!port.empty() && port.front() != ':') return false;
  } else {
    const std::size_t colon = text.find(':');
    url.host = base::to_lower_ascii(text.substr(0, colon));
    if (colon != std::string_view::npos) port = text.substr(colon);
    if (!is_name_host(url.host)) return false;
  }
  const auto number = read_port(port);
  if (!number) return false;
  url.port = *number;
  return true;
}

/// RFC 3986 5.2.4, for a path that begins with '/'.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string> kept;
  const std::vector<std::string> parts = base::split(path.substr(1), '/');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool is_last = i + 1 == parts.size();
    if (parts[i] == "." || parts[i] == "..") {
      if (parts[i] == ".." && !kept.empty()) kept.pop_back();
      if (is_last) kept.emplace_back();
    } else {
      kept.push_back(parts[i]);
    }
  }
  std::string joined;
  for (const std::string& part : kept) joined += "/" + part;
  return joined.empty() ? "/" : joined;
}

bool has_scheme(std::string_view text) {
  const std::size_t end = text.find_first_of(":/?#");
  return end != std::string_view::npos && end > 0 && text[end] == ':' && is_alpha(text[0]);
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), is_plain)) return std::nullopt;
  text = text.substr(0, text.find('#'));
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  Url url;
  url.scheme = base::to_lower_ascii(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
  text.remove_prefix(colon + 3);
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  if (!read_authority(text.substr(0, end), url)) return std::nullopt;
  text.remove_prefix(end);
  const std::size_t mark = text.find('?');
  url.path = text.substr(0, mark);
  if (url.path.empty()) url.path = "/";
  if (mark != std::string_view::npos) url.query = text.substr(mark + 1);
  return url;
}

std::string resolve_url(std::string_view base_url, std::string_view location) {
  location = location.substr(0, location.find('#'));
  if (has_scheme(location)) return std::string(location);
  const std::size_t colon = base_url.find("://");
  if (colon == std::string_view::npos) return std::string(location);
  if (location.starts_with("//")) {
    return std::string(base_url.substr(0, colon + 1)) + std::string(location);
  }
  base_url = base_url.substr(0, base_url.find('#'));
  const std::size_t path_at = std::min(base_url.find_first_of("/?", colon + 3), base_url.size());
  const std::string origin(base_url.substr(0, path_at));
  const std::size_t base_mark = base_url.find('?', path_at);
  std::string_view base_path = base_url.substr(
      path_at, base_mark == std::string_view::npos ? base_mark : base_mark - path_at);
  if (base_path.empty()) base_path = "/";
  if (location.empty()) return std::string(base_url);
  if (location.front() == '?') return origin + std::string(base_path) + std::string(location);

  const std::size_t mark = std::min(location.find('?'), location.size());
  const std::string query(location.substr(mark));
  std::string path(location.substr(0, mark));
  if (path.front() != '/') {
    path = std::string(base_path.substr(0, base_path.rfind('/') + 1)) + path;
  }
  return origin + without_dot_segments(path) + query;
}

bool is_under_domain(std::string_view host, std::string_view domain) {
  const std::string h = base::to_lower_ascii(host);
  const std::string d = base::to_lower_ascii(domain);
  if (d.empty()) return false;
  if (h == d) return true;
  return h.size() > d.size() + 1 && h.ends_with(d) && h[h.size() - d.size() - 1] == '.';
}

bool is_loopback(std::string_view host) {
  if (host == "::1" || host == "[::1]") return true;
  if (base::to_lower_ascii(host) == "localhost") return true;
  // Only the plain form of 127.0.0.0/8. Others ("127.1", "0x7f.1") mean different things to
  // different resolvers.
  const std::vector<std::string> parts = base::split(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  return std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
    int number = 0;
    const char* end = part.data() + part.size();
    const auto read = std::from_chars(part.data(), end, number);
    return read.ec == std::errc() && read.ptr == end && number >= 0 && number <= 255 &&
           std::to_string(number) == part;
  });
}

}  // namespace fieldsync::net
