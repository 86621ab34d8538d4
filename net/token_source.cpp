#include "net/token_source.h"

#include <algorithm>

#include "net/tuning.h"
#include "platform/base/time_text.h"

namespace fieldsync::net {

using base::Cause;
using base::Failure;
using base::Millis;
using base::Secret;

namespace {

/// How much the refresh token we hold can be trusted.
enum class Standing {
  sound,
  doubtful,  ///< a refresh with it was lost; one more try is allowed
  spent,     ///< the second try was lost as well
  refused,   ///< the service said no
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

/// What the mark in the store holds: the try it stands for and the token it was made with.
std::string mark_text(Standing standing, const Secret& refresh) {
  return (standing == Standing::doubtful ? "2:" : "1:") + refresh.reveal();
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
  }
  FS_CHECK(false);
  return "";
}

struct TokenSource::Impl {
  enum class Asking { credentials, refresh, code };

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
  bool is_paused() const { return paused_until && host.clock.now() < *paused_until; }
  /// What keeps a request for a token from being worth sending; nothing if it is.
  std::optional<Failure> obstacle();
  void renew_early();
  void ask();
  Result<> mark_refresh();
  void send(HttpRequest request, Asking asking);
  void end(Asking asking, HttpOutcome outcome);
  void end_without_token(Asking asking, Ending ending, Failure failure);
  Failure judge_refresh(Ending ending, Failure failure);
  Result<> keep(TokenPair fresh);
  Result<> save();
  void count_refusal();
  void settle(const Result<>& outcome);
  std::string mark_name() const { return secret_name + ".refreshing"; }

  platform::Host& host;
  HttpTransport& transport;
  platform::SecretStore& secrets;
  base::Log& log;
  OAuthApp app;
  const std::string secret_name;

  TokenPair pair;
  Standing standing = Standing::sound;
  /// Whether `pair` is in the store as it stands here. A pair that is not is never handed out.
  enum class Kept { not_loaded, unsaved, saved };
  Kept kept = Kept::not_loaded;
  Millis renew_before = tuning::kRenewBeforeMax;
  std::optional<base::Instant> obtained_at;
  base::Instant renew_again_at{};

  std::optional<ExchangeId> running;
  std::vector<Callback> waiting;
  std::function<void(Result<>)> logging_in;
  int refusals = 0;  ///< in a row
  std::optional<base::Instant> paused_until;
};

Result<> TokenSource::Impl::load() {
  if (kept == Kept::unsaved) return save();
  if (kept == Kept::saved) return {};
  TRY_ASSIGN(const auto stored, secrets.get(secret_name));
  TRY_ASSIGN(const auto mark, secrets.get(mark_name()));
  pair = stored ? from_secret(*stored).value_or(TokenPair{}) : TokenPair{};
  if (mark && !pair.refresh.empty()) {
    // A mark made with another token is left over from a refresh that went well.
    if (mark->reveal() == mark_text(Standing::sound, pair.refresh)) standing = Standing::doubtful;
    if (mark->reveal() == mark_text(Standing::doubtful, pair.refresh)) standing = Standing::spent;
  }
  kept = Kept::saved;
  return {};
}

Result<> TokenSource::Impl::save() {
  TRY(secrets.put(secret_name, to_secret(pair)));
  kept = Kept::saved;
  return {};
}

std::optional<Failure> TokenSource::Impl::obstacle() {
  if (is_paused()) {
    const Millis left = *paused_until - host.clock.now();
    return Failure{Cause::login_paused,
                   "login: refused " + std::to_string(refusals) + " times, next try in " +
                       base::to_human(left),
                   left};
  }
  if (app.grant == Grant::client_credentials) return std::nullopt;
  switch (standing) {
    case Standing::sound:
    case Standing::doubtful:
      if (!pair.refresh.empty()) return std::nullopt;
      return Failure{Cause::login_required, "login: nobody has logged in yet"};
    case Standing::spent:
      return Failure{Cause::login_in_doubt, "login: two answers to a renewal were lost"};
    case Standing::refused:
      return Failure{Cause::login_required, "login: the service refused to renew it"};
  }
  FS_CHECK(false);
  return std::nullopt;
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
  if (auto marked = mark_refresh(); !marked) return settle(marked);
  send(token_by_refresh(app, pair.refresh), Asking::refresh);
}

Result<> TokenSource::Impl::mark_refresh() {
  return secrets.put(mark_name(), Secret(mark_text(standing, pair.refresh)));
}

void TokenSource::Impl::send(HttpRequest request, Asking asking) {
  running = transport.submit(std::move(request), [this, asking](HttpOutcome outcome) {
    running.reset();
    end(asking, std::move(outcome));
  });
}

void TokenSource::Impl::end(Asking asking, HttpOutcome outcome) {
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
  const bool was_doubtful = standing == Standing::doubtful;
  switch (ending) {
    case Ending::not_taken:
      // Back to how the store stood before this try.
      if (was_doubtful) {
        (void)secrets.put(mark_name(), Secret(mark_text(Standing::sound, pair.refresh)));
      } else {
        (void)secrets.erase(mark_name());
      }
      break;
    case Ending::refused:
      standing = Standing::refused;
      if (was_doubtful) {
        failure = {Cause::login_required,
                   "login_in_doubt: the answer to an earlier renewal was lost; " + failure.what};
      }
      // A refused token is not tried again, also not by the next start of the program.
      pair.refresh = Secret();
      (void)save();
      (void)secrets.erase(mark_name());
      break;
    case Ending::lost:
      standing = was_doubtful ? Standing::spent : Standing::doubtful;
      break;
  }
  return failure;
}

void TokenSource::Impl::end_without_token(Asking asking, Ending ending, Failure failure) {
  log.warning("login.not_renewed",
              {{"cause", base::info(failure.cause).id}, {"what", failure.what}});
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
  if (!pair.access.empty()) refusals = 0;
  pair = std::move(fresh);
  standing = Standing::sound;
  renew_before = std::min(life / 4, tuning::kRenewBeforeMax);
  obtained_at = host.clock.now();
  kept = Kept::unsaved;
  TRY(save());
  (void)secrets.erase(mark_name());
  return {};
}

void TokenSource::Impl::count_refusal() {
  ++refusals;
  if (refusals < tuning::kRefusalsMax) return;
  paused_until = host.clock.now() + tuning::kPause;
  log.error("login.paused", {{"refusals", static_cast<std::int64_t>(refusals)}});
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
    impl_->refusals = 0;
  }
}

void TokenSource::log_in(const Secret& code, std::function<void(Result<>)> callback) {
  if (auto loaded = impl_->load(); !loaded) return callback(loaded.failure());
  if (impl_->is_paused()) return callback(*impl_->obstacle());
  if (impl_->running) {
    return callback(Failure{Cause::waiting_for_other, "login: another request is under way"});
  }
  impl_->logging_in = std::move(callback);
  impl_->send(token_by_code(impl_->app, code), Impl::Asking::code);
}

void TokenSource::set_client_secret(Secret secret) {
  impl_->app.client_secret = std::move(secret);
  impl_->refusals = 0;
  impl_->paused_until.reset();
  // A refresh token that was refused is dead whatever the secret; credentials are not.
  if (impl_->app.grant == Grant::client_credentials) impl_->standing = Standing::sound;
}

Result<> TokenSource::log_out() {
  if (impl_->running) impl_->transport.cancel(*impl_->running);
  impl_->running.reset();
  impl_->pair = TokenPair{};
  impl_->standing = Standing::sound;
  impl_->kept = Impl::Kept::saved;
  auto erased = impl_->secrets.erase(impl_->secret_name);
  auto unmarked = impl_->secrets.erase(impl_->mark_name());
  impl_->settle(Failure{Cause::login_required, "login: logged out"});
  if (!erased) return erased;
  return unmarked;
}

LoginState TokenSource::state() const {
  if (impl_->running) return LoginState::refreshing;
  if (impl_->is_paused()) return LoginState::paused;
  switch (impl_->standing) {
    case Standing::sound:
      break;
    case Standing::doubtful:
    case Standing::spent:
      return LoginState::in_doubt;
    case Standing::refused:
      return LoginState::refused;
  }
  const bool is_usable = impl_->is_valid() && impl_->kept == Impl::Kept::saved;
  return is_usable ? LoginState::ready : LoginState::unknown;
}

}  // namespace fieldsync::net
