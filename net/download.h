#pragma once

#include "net/remote_service.h"

namespace fieldsync::net {

/// Redirects of downloads are followed by hand and decided here, so that the rule "the token never
/// leaves the service's domain" is tested as a table (facts/procore-api.md 7.7).
inline constexpr int kRedirectsMax = 5;

/// Whether the reply is 301, 302, 303, 307 or 308.
bool is_redirect(const HttpResponse& reply);
/// The next request, with Auth::bearer only if the service trusts it. unexpected_answer when
/// there is no usable Location, when it leads from https to http, or after kRedirectsMax hops.
Result<HttpRequest> follow(const RemoteService& service, const HttpRequest& request,
                           const HttpResponse& reply, int hops_so_far);

}  // namespace fieldsync::net
