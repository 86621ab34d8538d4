#pragma once

#include "net/remote_service.h"

namespace fieldsync::net {

/// Redirects of downloads are followed by hand and decided here, so that the rule "the token never
/// leaves the service's domain" is tested as a table (facts/procore-api.md 7.7).
inline constexpr int kRedirectsMax = 5;

/// What a reply says of the stretch of the content that is its body.
struct ContentRange {
  ByteCount first = 0;
  ByteCount last = 0;  ///< inclusive
  ByteCount total = 0;
};
/// The `Content-Range` of a 206 (RFC 9110, 14.4); nothing when it is absent, malformed, not in
/// bytes, or does not tell the total.
std::optional<ContentRange> content_range(const HttpResponse& reply);
/// The `ETag`, when it is a strong one: only then two stretches with the same one belong together.
std::optional<std::string> strong_etag(const HttpResponse& reply);
/// `request` for `size` bytes from `first` on, as they are (not compressed); of the content that
/// `etag` names, or else all of it, when `etag` is not empty.
HttpRequest with_range(HttpRequest request, ByteCount first, ByteCount size,
                       const std::string& etag);

/// Whether the reply is 301, 302, 303, 307 or 308.
bool is_redirect(const HttpResponse& reply);
/// The next request, with Auth::bearer only if the service trusts it. unexpected_answer when
/// there is no usable Location, when it leads from https to http, or after kRedirectsMax hops.
Result<HttpRequest> follow(const RemoteService& service, const HttpRequest& request,
                           const HttpResponse& reply, int hops_so_far);

}  // namespace fieldsync::net
