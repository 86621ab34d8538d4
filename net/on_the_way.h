#pragma once

#include <optional>
#include <string_view>

#include "net/http.h"

/// Site networks answer in the place of the service: sign-in pages, filters, proxies. Such an
/// answer says nothing about a login, a right or a record (promise P5). Pure.
namespace fieldsync::net {

/// Whether a body is a web page. Services label data carelessly, so the body decides.
bool looks_like_page(std::string_view body, std::string_view content_type);

/// captive_portal with what was seen, when the answer was surely not given by the service: 407,
/// 511, a redirect to another host of something other than a download, a page where data was asked
/// for. A page with 500 or 503 is the service's own (facts/procore-api.md 6.2).
std::optional<base::Failure> given_on_the_way(const HttpRequest& request,
                                              const HttpResponse& reply);

/// 502 and 504 with a page: from a proxy of the site or from the service's own gateway; only
/// another request can tell.
bool is_gateway_page(const HttpResponse& reply);

/// "a web page: Guest Wi-Fi": its title, in one printable line.
std::string page_title(std::string_view body);

}  // namespace fieldsync::net
