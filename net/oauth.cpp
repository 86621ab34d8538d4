#include "net/oauth.h"

#include <algorithm>

#include "net/on_the_way.h"
#include "net/tuning.h"
#include "platform/base/json.h"
#include "platform/base/text.h"

namespace fieldsync::net {
namespace {

using base::Cause;
using base::Failure;
using base::Secret;

std::string endpoint(const OAuthApp& app, std::string_view path) {
  std::string url = app.login_url;
  while (url.ends_with('/')) url.pop_back();
  return url + std::string(path);
}

HttpRequest token_request(const OAuthApp& app, std::string_view grant, Query& query) {
  query.add("grant_type", grant)
      .add("client_id", app.client_id)
      .add("client_secret", app.client_secret.reveal());
  HttpRequest request;
  request.method = Method::post;
  request.url = endpoint(app, "/oauth/token");
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  request.headers.add("Accept", "application/json");
  request.answer_bytes_max = tuning::kTokenAnswerMax;
  return request;
}

/// A token goes into a header as it is, so it is one printable word.
bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= tuning::kTokenBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

/// "invalid_grant: The refresh token is invalid", as far as the service says. Only its `error`
/// members are shown: whatever else is in there could be a secret.
std::string reason(const HttpResponse& reply) {
  const std::string status = "status " + std::to_string(reply.status);
  const auto parsed = base::parse_json(reply.body);
  const base::Document* document = parsed ? parsed->as_document() : nullptr;
  if (!document) return status;
  std::string text = document->text("error");
  const std::string detail = document->text("error_description");
  if (!detail.empty()) text += (text.empty() ? "" : ": ") + detail;
  if (const base::Value* errors = document->find("errors"); errors && text.empty()) {
    text = base::plain_text(*errors);
  }
  if (text.empty()) return status;
  return base::printable(base::utf8_prefix(text, 200)) + " (" + status + ")";
}

Failure read_refusal(const HttpResponse& reply, base::WallTime now) {
  const std::string what = "login: " + reason(reply);
  const auto wait = retry_after(reply.headers, now);
  switch (reply.status) {
    case 400:
    case 401:
      return {Cause::login_required, what};
    case 403:
      return what.find("not connected") != std::string::npos
                 ? Failure{Cause::app_not_installed, what}
                 : Failure{Cause::login_required, what};
    case 408:
      return {Cause::timeout, what, wait};
    case 429:
      return {Cause::rate_limited, what, wait};
    case 503:
      return {Cause::service_busy, what, wait};
    default:
      break;
  }
  if (reply.status >= 500) return {Cause::service_error, what, wait};
  return {Cause::unexpected_answer, what};
}

}  // namespace

std::string authorize_url(const OAuthApp& app, const std::string& state) {
  Query query;
  query.add("response_type", "code")
      .add("client_id", app.client_id)
      .add("redirect_uri", app.redirect_uri);
  if (!state.empty()) query.add("state", state);
  return endpoint(app, "/oauth/authorize?") + query.text();
}

HttpRequest token_by_credentials(const OAuthApp& app) {
  Query query;
  HttpRequest request = token_request(app, "client_credentials", query);
  request.body = query.text();
  return request;
}

HttpRequest token_by_code(const OAuthApp& app, const Secret& code) {
  Query query;
  HttpRequest request = token_request(app, "authorization_code", query);
  query.add("code", code.reveal()).add("redirect_uri", app.redirect_uri);
  request.body = query.text();
  return request;
}

HttpRequest token_by_refresh(const OAuthApp& app, const Secret& refresh) {
  Query query;
  HttpRequest request = token_request(app, "refresh_token", query);
  query.add("refresh_token", refresh.reveal()).add("redirect_uri", app.redirect_uri);
  request.body = query.text();
  return request;
}

HttpRequest token_probe(const OAuthApp& app) {
  HttpRequest request;
  request.url = endpoint(app, "/oauth/token/info");
  request.headers.add("Accept", "application/json");
  request.answer_bytes_max = tuning::kTokenAnswerMax;
  return request;
}

Result<> read_probe(const OAuthApp& app, const HttpResponse& reply, base::WallTime now) {
  if (auto page = given_on_the_way(token_probe(app), reply)) return *page;
  if (reply.status == 429 || reply.status >= 500) return read_refusal(reply, now);
  return {};
}

Result<TokenPair> read_token(const HttpResponse& reply, base::WallTime now) {
  HttpRequest asked;
  if (auto page = given_on_the_way(asked, reply)) return *page;
  if (reply.status >= 300 && reply.status < 400) {
    return Failure{Cause::captive_portal, "login: redirected in place of an answer"};
  }
  if (!reply.is_success()) return read_refusal(reply, now);

  const auto parsed = base::parse_json(reply.body);
  const base::Document* document = parsed ? parsed->as_document() : nullptr;
  if (!document) return Failure{Cause::unexpected_answer, "login: the answer is not an object"};
  const std::string access = document->text("access_token");
  if (!is_token(access)) {
    return Failure{Cause::unexpected_answer, "login: the answer has no usable token"};
  }
  const std::string type = base::to_lower_ascii(document->text("token_type"));
  if (!type.empty() && type != "bearer") {
    return Failure{Cause::unexpected_answer, "login: a token of an unknown type"};
  }
  base::Millis life = tuning::kTokenLifeAssumed;
  if (const base::Value* told = document->find("expires_in"); told && !told->is_null()) {
    const std::int64_t* seconds = told->as_integer();
    if (!seconds || *seconds <= 0) {
      return Failure{Cause::unexpected_answer, "login: a token that has expired already"};
    }
    const std::int64_t most = tuning::kTokenLifeMax / std::chrono::seconds(1);
    life = std::chrono::seconds(std::min(*seconds, most));
  }
  const std::string refresh = document->text("refresh_token");
  if (!refresh.empty() && !is_token(refresh)) {
    return Failure{Cause::unexpected_answer, "login: the refresh token is not usable"};
  }
  return TokenPair{Secret(access), Secret(refresh), now + life};
}

Secret to_secret(const TokenPair& pair) {
  return Secret(base::to_json(base::Document{{"access", pair.access.reveal()},
                                             {"refresh", pair.refresh.reveal()},
                                             {"expires_at", pair.expires_at.since_epoch.count()}}));
}

std::optional<TokenPair> from_secret(const Secret& text) {
  const auto parsed = base::parse_json(text.reveal());
  const base::Document* document = parsed ? parsed->as_document() : nullptr;
  if (!document) return std::nullopt;
  const std::string access = document->text("access");
  const std::string refresh = document->text("refresh");
  const base::Value* expires = document->find("expires_at");
  if (!expires || !expires->as_integer()) return std::nullopt;
  if (!access.empty() && !is_token(access)) return std::nullopt;
  if (!refresh.empty() && !is_token(refresh)) return std::nullopt;
  if (access.empty() && refresh.empty()) return std::nullopt;
  return TokenPair{Secret(access), Secret(refresh),
                   base::WallTime{base::Millis(*expires->as_integer())}};
}

}  // namespace fieldsync::net
