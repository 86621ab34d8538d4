#include "net/download.h"

#include <charconv>

#include "platform/base/text.h"

namespace fieldsync::net {
namespace {

using base::Cause;
using base::Failure;

Failure refuse(const std::string& from, const std::string& why) {
  const auto url = parse_url(from);
  return {Cause::unexpected_answer, (url ? url->host : "download") + ": " + why};
}

/// Headers that may go to a host of somebody else. Everything else could tell it about the account.
bool may_leave_the_service(std::string_view name) {
  const std::string lower = base::to_lower_ascii(name);
  return lower == "accept" || lower == "accept-encoding" || lower == "range" || lower == "if-range";
}

}  // namespace

std::optional<ContentRange> content_range(const HttpResponse& reply) {
  constexpr std::string_view kUnit = "bytes ";
  const std::string text = reply.headers.text("Content-Range");
  if (reply.status != 206 || !text.starts_with(kUnit)) return std::nullopt;
  const char* at = text.data() + kUnit.size();
  const char* const end = text.data() + text.size();
  ContentRange range;
  const auto number = [&](ByteCount& into, char behind) {
    const auto [next, error] = std::from_chars(at, end, into);
    const bool ends_well = behind == '\0' ? next == end : next != end && *next == behind;
    if (error != std::errc() || !ends_well || into < 0) return false;
    at = next + 1;
    return true;
  };
  const bool is_read =
      number(range.first, '-') && number(range.last, '/') && number(range.total, '\0');
  const bool is_sound = is_read && range.first <= range.last && range.last < range.total;
  return is_sound ? std::optional(range) : std::nullopt;
}

std::optional<std::string> strong_etag(const HttpResponse& reply) {
  const std::string tag(base::trimmed(reply.headers.text("ETag")));
  const bool is_strong = tag.size() > 2 && tag.front() == '"' && tag.back() == '"';
  return is_strong ? std::optional(tag) : std::nullopt;
}

HttpRequest with_range(HttpRequest request, ByteCount first, ByteCount size,
                       const std::string& etag) {
  Headers headers;
  for (const auto& [name, value] : request.headers.all()) {
    const std::string lower = base::to_lower_ascii(name);
    const bool is_ours = lower == "range" || lower == "if-range" || lower == "accept-encoding";
    if (!is_ours) headers.add(name, value);
  }
  headers.add("Accept-Encoding", "identity");
  headers.add("Range", "bytes=" + std::to_string(first) + "-" + std::to_string(first + size - 1));
  if (!etag.empty()) headers.add("If-Range", etag);
  request.headers = std::move(headers);
  return request;
}

bool is_redirect(const HttpResponse& reply) {
  switch (reply.status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return true;
    default:
      return false;
  }
}

Result<HttpRequest> follow(const RemoteService& service, const HttpRequest& request,
                           const HttpResponse& reply, int hops_so_far) {
  FS_CHECK(request.method == Method::get);
  if (!is_redirect(reply)) return refuse(request.url, "not a redirect");
  if (hops_so_far >= kRedirectsMax) return refuse(request.url, "redirected too often");
  const std::string* location = reply.headers.find("Location");
  if (!location || base::trimmed(*location).empty()) {
    return refuse(request.url, "redirected to nowhere");
  }
  HttpRequest next = request;
  next.url = resolve_url(request.url, base::trimmed(*location));
  const auto from = parse_url(request.url);
  const auto to = parse_url(next.url);
  if (!from || !to) return refuse(request.url, "redirected to something that is not a URL");
  if (to->scheme == "http") {
    if (from->scheme == "https") return refuse(request.url, "redirected from https to http");
    if (!is_loopback(to->host)) return refuse(request.url, "redirected to plain http elsewhere");
  }
  if (!service.trusts(next.url)) {
    // Once dropped the token stays dropped, also when a later hop leads back.
    next.auth = Auth::none;
    next.headers = {};
    for (const auto& [name, value] : request.headers.all()) {
      if (may_leave_the_service(name)) next.headers.add(name, value);
    }
  }
  return next;
}

}  // namespace fieldsync::net
