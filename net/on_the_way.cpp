#include "net/on_the_way.h"

#include "net/tuning.h"
#include "platform/base/text.h"

namespace fieldsync::net {
namespace {

using base::Cause;
using base::Failure;

bool is_page(const HttpResponse& reply) {
  return looks_like_page(reply.body, reply.headers.text("Content-Type"));
}

}  // namespace

bool looks_like_page(std::string_view body, std::string_view content_type) {
  const std::string head = base::to_lower_ascii(base::trimmed(body.substr(0, tuning::kPageHead)));
  const bool is_html = base::to_lower_ascii(content_type).find("text/html") != std::string::npos;
  if (!head.empty() && (head.front() == '{' || head.front() == '[')) return false;
  if (head.find("<html") != std::string::npos) return true;
  if (head.find("<!doctype html") != std::string::npos) return true;
  return is_html && !head.empty();
}

std::optional<Failure> given_on_the_way(const HttpRequest& request, const HttpResponse& reply) {
  const std::string status = "HTTP " + std::to_string(reply.status);
  const auto failure = [&](const std::string& what) {
    return Failure{Cause::captive_portal, status + what + ", not an answer of the service"};
  };
  if (reply.status == 407) return failure(": a proxy of this network asks for a login");
  if (reply.status == 511) return failure(": this network asks for a sign-in");
  if (reply.status >= 300 && reply.status < 400) {
    const auto from = parse_url(request.url);
    const auto to = parse_url(reply.headers.text("Location"));
    const bool leads_away = from && to && from->host != to->host;
    if (leads_away && !request.save_to) return failure(" leads to " + base::printable(to->host));
    return std::nullopt;
  }
  // The bytes of a download went to a file: only their type is at hand.
  const std::string type = base::to_lower_ascii(reply.headers.text("Content-Type"));
  const bool page_in_file = request.save_to && reply.is_success() && type.starts_with("text/html");
  if (reply.status >= 500 || (!page_in_file && !is_page(reply))) return std::nullopt;
  // A service that asks for a login names how; a portal does not.
  const bool asks_for_login = reply.status == 401 && reply.headers.find("WWW-Authenticate");
  if (asks_for_login || reply.status == 429) return std::nullopt;
  return failure(" with " + page_title(reply.body));
}

bool is_gateway_page(const HttpResponse& reply) {
  return (reply.status == 502 || reply.status == 504) && is_page(reply);
}

std::string page_title(std::string_view body) {
  const std::string lower = base::to_lower_ascii(body.substr(0, tuning::kPageTitleWithin));
  const auto start = lower.find("<title");
  const auto open = start == std::string::npos ? start : lower.find('>', start);
  const auto end = open == std::string::npos ? open : lower.find("</title", open);
  if (end == std::string::npos) return "a web page";
  const std::string_view title = base::trimmed(body.substr(open + 1, end - open - 1));
  return "a web page: " + base::printable(base::utf8_prefix(title, tuning::kPageTitleMax));
}

}  // namespace fieldsync::net
