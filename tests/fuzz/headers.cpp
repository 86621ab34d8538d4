#include "net/download.h"
#include "net/gzip.h"
#include "net/request_check.h"
#include "platform/base/time_text.h"
#include "tests/fuzz/procore_check.h"

/// Values of headers, each read by everything that reads headers.
namespace fieldsync::fuzz {
namespace {

constexpr base::WallTime kNow{base::Millis{1'790'000'000'000}};

void times(std::string_view text) {
  if (const auto at = base::parse_iso(text)) {
    const std::string written = base::to_iso_millis(*at);
    const auto again = base::parse_iso(written);
    expect(again && base::to_iso_millis(*again) == written, "a time is kept", written);
  }
  if (const auto at = base::parse_http_date(text)) {
    const std::string written = base::to_http_date(*at);
    const auto again = base::parse_http_date(written);
    expect(again && *again == *at, "a date is kept", written);
  }
  const auto day = base::parse_iso_date(text);
  expect(day.has_value() == base::is_iso_date(text), "a day is one or is not");
  if (day) expect(base::to_iso_date(*day) == text, "a day is kept", text);
}

std::string text_of(const net::Url& url) {
  const bool v6 = url.host.find(':') != std::string::npos;
  std::string text = url.scheme + "://" + (v6 ? "[" + url.host + "]" : url.host);
  if (url.port != 0) text += ":" + std::to_string(url.port);
  text += url.path;
  return url.query.empty() ? text : text + "?" + url.query;
}

void urls(std::string_view text) {
  if (const auto url = net::parse_url(text)) {
    const auto again = net::parse_url(text_of(*url));
    expect(again && text_of(*again) == text_of(*url), "a URL is kept", text);
    expect(url->path.starts_with('/'), "a path begins with a slash", text);
  }
  constexpr std::string_view kFrom = "https://storage.procore.com/a/b?c=d";
  const auto led = net::parse_url(net::resolve_url(kFrom, text));
  const bool relative = text.find_first_of(":/\\") == std::string_view::npos;
  if (relative && led) expect(led->host == "storage.procore.com", "a path stays on its host", text);
}

/// Where a redirect leads, with and without the token.
void redirects(std::string_view text) {
  net::HttpRequest request;
  request.url = "https://storage.procore.com/a/b";
  request.auth = net::Auth::bearer;
  request.headers.add("Procore-Company-Id", "1001");
  net::HttpResponse reply;
  reply.status = 302;
  reply.headers.add("Location", std::string(text));
  const auto next = net::follow(service(), request, reply, 0);
  if (!next.ok()) return expect_clear(next.failure());
  const bool trusted = service().trusts(next->url);
  expect(trusted || next->auth == net::Auth::none, "the token stays with its service", next->url);
  expect(trusted || next->headers.find("Procore-Company-Id") == nullptr, "so does the company");
  const auto url = net::parse_url(next->url);
  expect(url && url->scheme == "https", "no way back to http", next->url);
}

void waits_and_pages(std::string_view text) {
  const net::Headers headers{{"Retry-After", std::string(text)}};
  if (const auto wait = net::retry_after(headers, kNow)) {
    expect(wait->count() >= 0 && *wait <= base::Millis{86'400'000}, "nobody waits over a day");
  }
  const auto target = net::link_target(text, "next");
  expect(!target || text.find(*target) != std::string_view::npos, "a link is what was sent");
  net::lists_gzip(text);
}

void sending(std::string_view text) {
  net::HttpRequest request;
  request.url = "https://storage.procore.com/a";
  request.headers.add("X-Given", std::string(text));
  const auto sendable = net::check_sendable(request);
  const bool splits = text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
  expect(!(sendable.ok() && splits), "no header becomes two", text);
  if (!sendable.ok()) expect_clear(sendable.failure());
  request.headers = {};
  request.url = text;
  if (const auto url = net::check_sendable(request); !url.ok()) expect_clear(url.failure());
}

}  // namespace

void fuzz_one(std::string_view input) {
  times(input);
  urls(input);
  redirects(input);
  waits_and_pages(input);
  sending(input);
}

}  // namespace fieldsync::fuzz
