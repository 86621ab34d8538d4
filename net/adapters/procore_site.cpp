#include "net/adapters/procore_site.h"

#include <charconv>

#include "net/adapters/procore_paths.h"
#include "platform/base/check.h"
#include "platform/base/json.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"

namespace fieldsync::net::procore {
namespace {

using base::List;
using base::Value;

constexpr std::string_view kProjectMark = "{p}";

int port_of(const Url& url) {
  if (url.port != 0) return url.port;
  return url.scheme == "https" ? 443 : 80;
}

std::string_view without_end_slash(std::string_view url) {
  while (!url.empty() && url.back() == '/') url.remove_suffix(1);
  return url;
}

}  // namespace

Site::Site(ProcoreOptions options) : options_(std::move(options)) {
  options_.api_url = std::string(without_end_slash(options_.api_url));
}

std::string Site::path(std::string_view pattern, const ProjectId& project,
                       const ServiceId& id) const {
  std::string path(pattern);
  if (const auto at = path.find(kProjectMark); at != std::string::npos) {
    FS_CHECK(!project.raw().empty());
    path.replace(at, kProjectMark.size(), base::url_encode(project.raw()));
  }
  if (!id.raw().empty()) path += "/" + base::url_encode(id.raw());
  return path;
}

HttpRequest Site::request(Method method, std::string_view path, const Query& query) const {
  HttpRequest request;
  request.method = method;
  request.url = options_.api_url + std::string(path);
  if (!query.text().empty()) request.url += "?" + query.text();
  request.auth = Auth::bearer;
  request.headers.add("Accept", "application/json");
  request.headers.add(std::string(header::kCompany), std::to_string(options_.company));
  return request;
}

HttpRequest Site::get(std::string_view path, const Query& query) const {
  return request(Method::get, path, query);
}

HttpRequest Site::remove(std::string_view path, const Query& query) const {
  return request(Method::del, path, query);
}

HttpRequest Site::send(Method method, std::string_view path, const Query& query,
                       const Document& body, std::string_view token) const {
  HttpRequest made = request(method, path, query);
  made.headers.add("Content-Type", "application/json");
  const bool takes_token =
      method == Method::post &&
      options_.idempotency_token == ProcoreOptions::IdempotencyToken::every_post;
  if (takes_token && !token.empty()) {
    made.headers.add(std::string(header::kIdempotency), std::string(token));
  }
  made.body = base::to_json(body);
  return made;
}

bool Site::trusts(std::string_view text) const {
  const auto url = parse_url(text);
  const auto api = parse_url(options_.api_url);
  if (!url || !api) return false;
  if (is_loopback(url->host)) {
    return url->host == api->host && port_of(*url) == port_of(*api) && url->scheme == api->scheme;
  }
  if (url->scheme != "https" || port_of(*url) != 443) {
    // Another port of the API's host may be anybody's; only the configured one is meant.
    return url->scheme == "https" && url->host == api->host && port_of(*url) == port_of(*api);
  }
  if (url->host == api->host) return true;
  for (const std::string_view domain : {"procore.com", "procoregov.com"}) {
    if (is_under_domain(api->host, domain) && is_under_domain(url->host, domain)) return true;
  }
  for (const std::string& domain : options_.trusted_domains) {
    if (!domain.empty() && is_under_domain(url->host, domain)) return true;
  }
  return false;
}

std::string Site::range(WallTime from, WallTime to) const {
  const std::string text =
      base::to_iso_seconds(from) + "..." + base::to_iso_seconds(to + base::Millis(1000));
  switch (options_.range_quotes) {
    case ProcoreOptions::RangeQuotes::plain:
      return text;
    case ProcoreOptions::RangeQuotes::quoted:
      return '"' + text + '"';
  }
  return text;
}

Value id_value(std::string_view id) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  const bool canonical =
      error == std::errc() && end == id.data() + id.size() && number > 0 && id.front() != '0';
  return canonical ? Value(number) : Value(id);
}

List id_values(const Value& ids) {
  List list;
  const List* given = ids.as_list();
  if (given == nullptr) return list;
  for (const Value& id : *given) {
    if (const std::string* text = id.as_text()) list.push_back(id_value(*text));
    if (id.as_integer() != nullptr) list.push_back(id);
  }
  return list;
}

}  // namespace fieldsync::net::procore
