#pragma once

#include <functional>
#include <vector>

#include "net/http_transport.h"
#include "net/oauth.h"
#include "platform/base/log.h"
#include "platform/host.h"
#include "platform/secret_store.h"

namespace fieldsync::net {

/// What the login can do right now. One enum: no pair of flags can disagree.
enum class LoginState {
  unknown,     ///< no token yet, none refused
  ready,       ///< a token that has not expired
  refreshing,  ///< one request for a token is under way
  in_doubt,    ///< a refresh left and its answer was lost: the refresh token may be dead
  refused,     ///< the service said no: a person must log in again
  paused,      ///< refused too often in a row: nothing is asked until a person logs in
  logged_out,  ///< nobody has logged in
};
std::string_view name(LoginState state);

/// Hands out the access token and keeps it fresh: at most one request at a time, early enough
/// before expiry, and a new pair is durable in the secret store before it is used. A refresh leaves
/// only right after the login server answered a request that costs nothing, since a refresh whose
/// answer is lost may cost the login (facts/procore-api.md 2.3); lost all the same, it is tried
/// again, at most tuning::kLostRenewalsMax times. Loop thread only.
class TokenSource {
 public:
  TokenSource(platform::Host& host, HttpTransport& transport, platform::SecretStore& secrets,
              base::Log& log, OAuthApp app, std::string secret_name);
  ~TokenSource();

  using Callback = std::function<void(Result<base::Secret>)>;
  /// The access token: before this returns, or after one request that all callers share. Fails with
  /// login_required, login_in_doubt or login_paused when only a person or time can help, else with
  /// what the exchange or the secret store failed with. Dropped when the source is destroyed.
  void get(Callback callback);
  /// The service answered 401 to `used`: the next `get` fetches a new one, unless that happened
  /// already.
  void refused(const base::Secret& used);
  /// The service took `used`: it is no login that is refused every time.
  void accepted(const base::Secret& used);
  /// Exchanges a pasted code (authorization_code). A person acts: refusals so far count no more.
  /// `callback` once.
  void log_in(const base::Secret& code, std::function<void(Result<>)> callback);
  /// Takes another client secret (a person typed it): refusals so far count no more.
  void set_client_secret(base::Secret secret);
  /// Forgets the pair, here and in the store.
  Result<> log_out();
  /// A request that costs nothing, not even of the service's request budget: any answer of the
  /// login server shows that the link works.
  HttpRequest probe() const;
  LoginState state() const;
  /// Why nothing can be sent until a person or a better link helps; nothing while all is well.
  std::optional<base::Failure> problem() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fieldsync::net
