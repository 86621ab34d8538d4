#include "net/token_source.h"

#include <algorithm>
#include <charconv>

#include "net/tuning.h"
#include "platform/base/time_text.h"

namespace fieldsync::net {

using base::Cause;
using base::Failure;
using base::Millis;
using base::Secret;

namespace {

/// Whether what we hold may still be shown to the service.
enum class Standing {
  sound,
  refused,  ///< the service said no, or too many answers were lost: a person must log in
};

/// What is known of a request that ended without a token.
enum class Ending {
  not_taken,  ///< it never left, or was turned away before anybody looked at it
  refused,
  lost,
};

Ending ending_of(const HttpOutcome& outcome, Cause cause) {
  if (!outcome.response) {
    return outcome.reach == Reach::never_left ? Ending::not_taken : Ending::lost;
  }
  switch (cause) {
    case Cause::login_required:
    case Cause::app_not_installed:
      return Ending::refused;
    case Cause::captive_portal:
    case Cause::rate_limited:
    case Cause::service_busy:
      return Ending::not_taken;
    default:
      return Ending::lost;
  }
}

/// What the mark in the store holds: how many renewals with this token may have been lost.
std::string mark_text(int lost, const Secret& refresh) {
  return std::to_string(lost) + ":" + refresh.reveal();
}

/// The number in a mark made with `refresh`; 0 when it was made with another token and so is left
/// over from a renewal that went well.
int lost_in(const std::string& mark, const Secret& refresh) {
  const std::size_t colon = mark.find(':');
  if (colon == std::string::npos || mark.substr(colon + 1) != refresh.reveal()) return 0;
  int lost = 0;
  const auto read = std::from_chars(mark.data(), mark.data() + colon, lost);
  return read.ec == std::errc() ? std::clamp(lost, 1, tuning::kLostRenewalsMax) : 0;
}

}  // namespace

std::string_view name(LoginState state) {
  switch (state) {
    case LoginState::unknown:
      return "unknown";
    case LoginState::ready:
      return "ready";
    case LoginState::refreshing:
      return "refreshing";
    case LoginState::in_doubt:
      return "in_doubt";
    case LoginState::refused:
      return "refused";
    case LoginState::paused:
      return "paused";
    case LoginState::logged_out:
      return "logged_out";
  }
  FS_CHECK(false);
  return "";
}

struct TokenSource::Impl {
  /// proof: not for a token, but for an answer of the login server before a refresh leaves.
  enum class Asking { credentials, proof, refresh, code };

  Impl(platform::Host& the_host, HttpTransport& the_transport, platform::SecretStore& the_secrets,
       base::Log& the_log, OAuthApp the_app, std::string the_name)
      : host(the_host),
        transport(the_transport),
        secrets(the_secrets),
        log(the_log),
        app(std::move(the_app)),
        secret_name(std::move(the_name)) {}

  Result<> load();
  bool is_valid() const { return !pair.access.empty() && host.clock.wall() < pair.expires_at; }
  bool is_paused() const { return refusals >= tuning::kRefusalsMax; }
  bool is_logged_out() const {
    return app.grant == Grant::client_credentials ? app.client_secret.empty()
                                                  : pair.refresh.empty();
  }
  /// What keeps a request for a token from being worth sending; nothing if it is.
  std::optional<Failure> obstacle() const;
  void renew_early();
  void ask();
  Result<> mark_refresh();
  void send(HttpRequest request, Asking asking);
  void end(Asking asking, HttpOutcome outcome);
  void end_proof(const HttpOutcome& outcome);
  void end_without_token(Asking asking, Ending ending, Failure failure);
  Failure judge_refresh(Ending ending, Failure failure);
  Result<> keep(TokenPair fresh);
  Result<> save();
  void count_refusal();
  void forget_refusals();
  void settle(const Result<>& outcome);
  std::string mark_name() const { return secret_name + ".refreshing"; }
  std::string refusals_name() const { return secret_name + ".refusals"; }

  platform::Host& host;
  HttpTransport& transport;
  platform::SecretStore& secrets;
  base::Log& log;
  OAuthApp app;
  const std::string secret_name;

  TokenPair pair;
  Standing standing = Standing::sound;
  /// Renewals in a row with this refresh token whose answer was lost: it may be used up.
  int lost = 0;
  /// Why the last request for a token brought none.
  Failure last{Cause::login_required, "login: refused before this program was started"};
  /// Whether `pair` is in the store as it stands here. A pair that is not is never handed out.
  enum class Kept { not_loaded, unsaved, saved };
  Kept kept = Kept::not_loaded;
  Millis renew_before = tuning::kRenewBeforeMax;
  std::optional<base::Instant> obtained_at;
  base::Instant renew_again_at{};

  std::optional<ExchangeId> running;
  std::vector<Callback> waiting;
  std::function<void(Result<>)> logging_in;
  int refusals = 0;  ///< in a row; outlives the program
};

Result<> TokenSource::Impl::load() {
  if (kept == Kept::unsaved) return save();
  if (kept == Kept::saved) return {};
  TRY_ASSIGN(const auto stored, secrets.get(secret_name));
  TRY_ASSIGN(const auto mark, secrets.get(mark_name()));
  pair = stored ? from_secret(*stored).value_or(TokenPair{}) : TokenPair{};
  if (mark && !pair.refresh.empty()) lost = lost_in(mark->reveal(), pair.refresh);
  if (lost >= tuning::kLostRenewalsMax) standing = Standing::refused;
  TRY_ASSIGN(const auto counted, secrets.get(refusals_name()));
  if (counted) {
    const std::string text = counted->reveal();
    (void)std::from_chars(text.data(), text.data() + text.size(), refusals);
  }
  kept = Kept::saved;
  return {};
}

Result<> TokenSource::Impl::save() {
  TRY(secrets.put(secret_name, to_secret(pair)));
  kept = Kept::saved;
  return {};
}

std::optional<Failure> TokenSource::Impl::obstacle() const {
  if (is_paused()) {
    return Failure{Cause::login_paused, "login: refused " + std::to_string(refusals) +
                                            " times in a row, the last time with: " + last.what};
  }
  // Credentials that were refused may be asked with again: only a person's act leads here.
  if (app.grant == Grant::authorization_code && standing == Standing::refused) {
    if (lost < tuning::kLostRenewalsMax) return last;
    return Failure{Cause::login_required,
                   "login: the answers to " + std::to_string(lost) + " renewals were lost"};
  }
  if (!is_logged_out()) return std::nullopt;
  return Failure{Cause::login_required, "login: nobody is logged in"};
}

/// Asks for the next token while the present one still works; nobody waits for it.
void TokenSource::Impl::renew_early() {
  if (running || host.clock.wall() < pair.expires_at - renew_before) return;
  if (host.clock.now() < renew_again_at || obstacle()) return;
  renew_again_at = host.clock.now() + tuning::kRenewAgainAfter;
  ask();
}

void TokenSource::Impl::ask() {
  if (app.grant == Grant::client_credentials) {
    return send(token_by_credentials(app), Asking::credentials);
  }
  // A refresh uses its token up even when the answer is lost (facts/procore-api.md 2.3): it leaves
  // only right after the login server has answered something.
  send(token_probe(app), Asking::proof);
}

Result<> TokenSource::Impl::mark_refresh() {
  return secrets.put(mark_name(), Secret(mark_text(lost + 1, pair.refresh)));
}

void TokenSource::Impl::send(HttpRequest request, Asking asking) {
  running = transport.submit(std::move(request), [this, asking](HttpOutcome outcome) {
    running.reset();
    end(asking, std::move(outcome));
  });
}

void TokenSource::Impl::end_proof(const HttpOutcome& outcome) {
  const Result<> proof = outcome.response ? read_probe(app, *outcome.response, host.clock.wall())
                                          : outcome.response.failure();
  if (!proof) return end_without_token(Asking::proof, Ending::not_taken, proof.failure());
  if (auto marked = mark_refresh(); !marked) return settle(marked);
  send(token_by_refresh(app, pair.refresh), Asking::refresh);
}

void TokenSource::Impl::end(Asking asking, HttpOutcome outcome) {
  if (asking == Asking::proof) return end_proof(outcome);
  Result<TokenPair> fresh = outcome.response ? read_token(*outcome.response, host.clock.wall())
                                             : Result<TokenPair>(outcome.response.failure());
  if (fresh) {
    auto saved = keep(std::move(fresh).value());
    log.info("login.renewed", {{"saved", saved.ok()}});
    return settle(saved);
  }
  end_without_token(asking, ending_of(outcome, fresh.failure().cause), fresh.failure());
}

/// Records in the store what became of the refresh token. Returns what to tell the callers.
Failure TokenSource::Impl::judge_refresh(Ending ending, Failure failure) {
  switch (ending) {
    case Ending::not_taken:
      // Back to how the store stood before this try.
      if (lost > 0) {
        (void)secrets.put(mark_name(), Secret(mark_text(lost, pair.refresh)));
      } else {
        (void)secrets.erase(mark_name());
      }
      break;
    case Ending::refused:
      standing = Standing::refused;
      if (lost > 0) {
        failure.what = "login_in_doubt: the answer to an earlier renewal was lost; " + failure.what;
      }
      last = failure;
      lost = 0;
      // A refused token is not tried again, also not by the next start of the program.
      pair.refresh = Secret();
      (void)save();
      (void)secrets.erase(mark_name());
      break;
    case Ending::lost:
      if (++lost >= tuning::kLostRenewalsMax) standing = Standing::refused;
      break;
  }
  return failure;
}

void TokenSource::Impl::end_without_token(Asking asking, Ending ending, Failure failure) {
  log.warning("login.not_renewed",
              {{"cause", base::info(failure.cause).id}, {"what", failure.what}});
  // A code that was mistyped says nothing about the login that is there.
  if (asking != Asking::code) last = failure;
  if (ending == Ending::refused) count_refusal();
  if (asking == Asking::credentials && ending == Ending::refused) standing = Standing::refused;
  if (asking == Asking::refresh) failure = judge_refresh(ending, std::move(failure));
  settle(failure);
}

Result<> TokenSource::Impl::keep(TokenPair fresh) {
  const Millis life = fresh.expires_at - host.clock.wall();
  // A service that does not rotate answers without a new refresh token: the old one stays good.
  if (fresh.refresh.empty()) fresh.refresh = pair.refresh;
  // A token after one that was refused proves nothing yet: only its use will.
  if (!pair.access.empty()) forget_refusals();
  pair = std::move(fresh);
  standing = Standing::sound;
  lost = 0;
  renew_before = std::min(life / 4, tuning::kRenewBeforeMax);
  obtained_at = host.clock.now();
  kept = Kept::unsaved;
  TRY(save());
  (void)secrets.erase(mark_name());
  return {};
}

void TokenSource::Impl::count_refusal() {
  ++refusals;
  // Kept, so that starting the program again and again locks no account either.
  (void)secrets.put(refusals_name(), Secret(std::to_string(refusals)));
  if (is_paused()) log.error("login.paused", {{"refusals", static_cast<std::int64_t>(refusals)}});
}

void TokenSource::Impl::forget_refusals() {
  if (refusals == 0) return;
  refusals = 0;
  (void)secrets.erase(refusals_name());
}

/// Tells everybody who waits. They may call back in, so the lists are emptied first.
void TokenSource::Impl::settle(const Result<>& outcome) {
  std::vector<Callback> callbacks;
  callbacks.swap(waiting);
  std::function<void(Result<>)> person;
  person.swap(logging_in);
  const Result<Secret> token = outcome ? Result<Secret>(pair.access) : outcome.failure();
  for (const Callback& callback : callbacks) callback(token);
  if (person) person(outcome);
}

TokenSource::TokenSource(platform::Host& host, HttpTransport& transport,
                         platform::SecretStore& secrets, base::Log& log, OAuthApp app,
                         std::string secret_name)
    : impl_(std::make_unique<Impl>(host, transport, secrets, log, std::move(app),
                                   std::move(secret_name))) {
  // What the store cannot tell now is asked for again by the next call.
  (void)impl_->load();
}

TokenSource::~TokenSource() {
  if (impl_->running) impl_->transport.cancel(*impl_->running);
}

void TokenSource::get(Callback callback) {
  if (auto loaded = impl_->load(); !loaded) return callback(loaded.failure());
  if (impl_->is_valid()) {
    const Secret access = impl_->pair.access;
    impl_->renew_early();
    return callback(access);
  }
  if (!impl_->running) {
    if (const auto obstacle = impl_->obstacle()) return callback(*obstacle);
  }
  if (impl_->waiting.size() >= tuning::kTokenWaitersMax) {
    return callback(Failure{Cause::limit_reached, "login: too many callers wait for a token"});
  }
  impl_->waiting.push_back(std::move(callback));
  if (!impl_->running) impl_->ask();
}

void TokenSource::refused(const Secret& used) {
  if (used.empty() || impl_->pair.access != used) return;
  impl_->pair.access = Secret();
  const auto obtained = impl_->obtained_at;
  if (obtained && impl_->host.clock.now() - *obtained < tuning::kFreshToken) {
    impl_->count_refusal();
  } else {
    impl_->forget_refusals();
  }
}

void TokenSource::accepted(const Secret& used) {
  if (impl_->refusals > 0 && impl_->pair.access == used) impl_->forget_refusals();
}

void TokenSource::log_in(const Secret& code, std::function<void(Result<>)> callback) {
  if (auto loaded = impl_->load(); !loaded) return callback(loaded.failure());
  if (impl_->running) {
    return callback(Failure{Cause::waiting_for_other, "login: another request is under way"});
  }
  impl_->forget_refusals();  // a person acts: that ends a pause
  impl_->logging_in = std::move(callback);
  impl_->send(token_by_code(impl_->app, code), Impl::Asking::code);
}

void TokenSource::set_client_secret(Secret secret) {
  impl_->app.client_secret = std::move(secret);
  impl_->forget_refusals();
  // A refresh token that was refused is dead whatever the secret; credentials are not.
  if (impl_->app.grant == Grant::client_credentials) impl_->standing = Standing::sound;
}

Result<> TokenSource::log_out() {
  if (impl_->running) impl_->transport.cancel(*impl_->running);
  impl_->running.reset();
  impl_->pair = TokenPair{};
  impl_->standing = Standing::sound;
  impl_->lost = 0;
  impl_->kept = Impl::Kept::saved;
  impl_->forget_refusals();
  auto erased = impl_->secrets.erase(impl_->secret_name);
  auto unmarked = impl_->secrets.erase(impl_->mark_name());
  impl_->settle(Failure{Cause::login_required, "login: logged out"});
  if (!erased) return erased;
  return unmarked;
}

HttpRequest TokenSource::probe() const { return token_probe(impl_->app); }

LoginState TokenSource::state() const {
  if (impl_->running) return LoginState::refreshing;
  if (impl_->is_paused()) return LoginState::paused;
  if (impl_->standing == Standing::refused) return LoginState::refused;
  if (impl_->is_valid() && impl_->kept == Impl::Kept::saved && impl_->lost == 0) {
    return LoginState::ready;
  }
  if (impl_->is_logged_out()) return LoginState::logged_out;
  return impl_->lost > 0 ? LoginState::in_doubt : LoginState::unknown;
}

std::optional<Failure> TokenSource::problem() const {
  switch (state()) {
    case LoginState::unknown:
    case LoginState::ready:
      return std::nullopt;
    case LoginState::refreshing:
      if (impl_->lost == 0) return std::nullopt;
      break;
    case LoginState::in_doubt:
      break;
    case LoginState::refused:
      if (impl_->app.grant == Grant::client_credentials) return impl_->last;
      return impl_->obstacle();
    case LoginState::paused:
    case LoginState::logged_out:
      return impl_->obstacle();
  }
  return Failure{Cause::login_in_doubt,
                 "login: " + std::to_string(impl_->lost) + " answers to a renewal were lost"};
}

}  // namespace fieldsync::net
