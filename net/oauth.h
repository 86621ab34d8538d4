#pragma once

#include <optional>
#include <string>

#include "net/http.h"
#include "platform/base/secret.h"

/// OAuth 2.0 as pure request builders and reply readers (facts/procore-api.md 2).
namespace fieldsync::net {

enum class Grant { client_credentials, authorization_code };

struct OAuthApp {
  std::string login_url;
  std::string client_id;
  base::Secret client_secret;
  Grant grant = Grant::client_credentials;
  std::string redirect_uri = "urn:ietf:wg:oauth:2.0:oob";
};

struct TokenPair {
  base::Secret access;
  base::Secret refresh;  ///< empty with client credentials
  base::WallTime expires_at{};
  bool operator==(const TokenPair&) const = default;
};

/// The page where a person gets the code to paste.
std::string authorize_url(const OAuthApp& app, const std::string& state);
HttpRequest token_by_credentials(const OAuthApp& app);
HttpRequest token_by_code(const OAuthApp& app, const base::Secret& code);
HttpRequest token_by_refresh(const OAuthApp& app, const base::Secret& refresh);
/// A request that changes and costs nothing: it shows whether the login server can be reached
/// (facts/procore-api.md 2.2).
HttpRequest token_probe(const OAuthApp& app);
/// Success when the login server itself answered, whatever it said.
Result<> read_probe(const OAuthApp& app, const HttpResponse& reply, base::WallTime now);
/// login_required when the service says no; captive_portal, service_busy, … otherwise. `now` is
/// when the answer came.
Result<TokenPair> read_token(const HttpResponse& reply, base::WallTime now);

/// The pair as it is kept in the secret store, and back. A damaged text reads as nothing.
base::Secret to_secret(const TokenPair& pair);
std::optional<TokenPair> from_secret(const base::Secret& text);

}  // namespace fieldsync::net
