#pragma once

#include "net/http.h"

namespace fieldsync::net {

/// Whether `request` may leave at all. unexpected_answer for a URL or header that cannot be sent as
/// it is (line breaks, controls, user information: they come from answers of services),
/// tls_untrusted for plain http to anywhere but this machine (promise P11). Pure; any thread.
Result<> check_sendable(const HttpRequest& request);

}  // namespace fieldsync::net
