#include "net/sandbox/oauth.h"

#include "net/sandbox/tuning.h"
#include "platform/base/json.h"
#include "platform/base/text.h"

namespace fieldsync::net::sandbox {
namespace {

struct Token {
  std::string text, kind, pair;
  std::int64_t user = 0;
  Seconds created_at = 0;
  Seconds expires_at = 0;  ///< 0: never
  bool dead = false;
};

std::optional<Token> find_token(World& world, std::string_view text) {
  std::optional<Token> found;
  world.db().each(
      "SELECT kind, pair, user, created_at, expires_at, dead FROM tokens WHERE token=?",
      [&](const storage::Row& row) {
        found = Token{std::string(text), row.text(0),    row.text(1),        row.integer(2),
                      row.integer(3),    row.integer(4), row.integer(5) != 0};
      },
      text);
  return found;
}

void add_token(World& world, const Token& token) {
  world.db().run(
      "INSERT INTO tokens(token, kind, user, pair, created_at, expires_at, dead) "
      "VALUES(?,?,?,?,?,?,0)",
      token.text, token.kind, token.user, token.pair, token.created_at, token.expires_at);
}

void kill(World& world, std::string_view token) {
  world.db().run("UPDATE tokens SET dead=1 WHERE token=?", token);
}

bool is_live(const World& world, const Token& token) {
  return !token.dead && (token.expires_at == 0 || world.now() < token.expires_at);
}

Reply oauth_error(int status, std::string_view error, std::string_view text) {
  return json_reply(status, Document{{"error", error}, {"error_description", text}});
}

/// A form or a JSON object, read as text fields.
Document fields_of(const Request& request) {
  const std::string type = base::to_lower_ascii(request.headers.text("Content-Type"));
  Document fields;
  if (type.starts_with("application/json")) {
    auto parsed = base::parse_json(request.body);
    if (parsed.ok() && parsed->as_document()) fields = std::move(*parsed->as_document());
    return fields;
  }
  const Params params(request.body);
  for (const auto& [name, value] : params.all()) fields.set(name, value);
  return fields;
}

enum class Refresh { none, given };

Reply grant(World& world, std::int64_t user, Refresh refresh) {
  const Seconds now = world.now();
  const std::string pair = world.nonce().substr(0, 16);
  const Token access{"eyJhbGciOiJub25lIn0." + world.nonce() + "." + pair,
                     "access",
                     pair,
                     user,
                     now,
                     now + tuning::kAccessTokenSeconds};
  add_token(world, access);
  Document body{{"access_token", access.text},
                {"token_type", "bearer"},
                {"expires_in", tuning::kAccessTokenSeconds},
                {"created_at", now}};
  if (refresh == Refresh::given) {
    const Token second{world.nonce(), "refresh", pair, user, now, 0};
    add_token(world, second);
    body.set("refresh_token", second.text);
  }
  return json_reply(200, body);
}

bool knows_client(World& world, const Document& fields) {
  return fields.text("client_id") == world.meta("client_id") &&
         fields.text("client_secret") == world.meta("client_secret");
}

Reply refresh_token(World& world, const Document& fields) {
  const auto token = find_token(world, fields.text("refresh_token"));
  // Any refresh call spends the token, successful or not (facts/procore-api.md 2.3).
  if (token) kill(world, token->text);
  if (!knows_client(world, fields)) return oauth_error(401, "invalid_client", "Unknown client.");
  if (!token || token->kind != "refresh" || !is_live(world, *token)) {
    return oauth_error(401, "invalid_grant", "The refresh token is invalid");
  }
  return grant(world, token->user, Refresh::given);
}

Reply token_endpoint(World& world, const Request& request) {
  const Document fields = fields_of(request);
  const std::string type = fields.text("grant_type");
  if (type == "refresh_token") return refresh_token(world, fields);
  if (!knows_client(world, fields)) return oauth_error(401, "invalid_client", "Unknown client.");
  if (type == "client_credentials") {
    const auto service = world.db().integer("SELECT id FROM users WHERE kind='service'");
    return grant(world, service.value_or(0), Refresh::none);
  }
  if (type != "authorization_code") {
    return oauth_error(400, "unsupported_grant_type", "Not a grant type.");
  }
  if (fields.text("redirect_uri").empty()) {
    return oauth_error(400, "invalid_request", "redirect_uri is missing.");
  }
  const auto code = find_token(world, fields.text("code"));
  if (code) kill(world, code->text);
  if (!code || code->kind != "code" || !is_live(world, *code)) {
    return oauth_error(401, "invalid_grant", "The authorization grant is invalid");
  }
  return grant(world, code->user, Refresh::given);
}

std::string bearer(const Request& request) {
  const std::string header = request.headers.text("Authorization");
  return base::to_lower_ascii(header.substr(0, 7)) == "bearer " ? header.substr(7) : "";
}

Reply token_info(World& world, const Request& request) {
  const auto token = find_token(world, bearer(request));
  if (!token || token->kind != "access" || !is_live(world, *token)) {
    return oauth_error(401, "invalid_request", "The access token is invalid");
  }
  return json_reply(200, Document{{"resource_owner_id", token->user},
                                  {"scopes", List{}},
                                  {"expires_in_seconds", token->expires_at - world.now()},
                                  {"application", Document{{"uid", world.meta("client_id")}}},
                                  {"created_at", token->created_at}});
}

Reply revoke(World& world, const Request& request) {
  const Document fields = fields_of(request);
  if (!knows_client(world, fields)) return oauth_error(401, "invalid_client", "Unknown client.");
  const auto token = find_token(world, fields.text("token"));
  if (token) world.db().run("UPDATE tokens SET dead=1 WHERE pair=?", token->pair);
  return json_reply(200, Document{});
}

Reply authorize(World& world, const Request& request) {
  const Params params(request.query);
  const std::string redirect = params.text("redirect_uri");
  if (params.text("response_type") != "code" ||
      params.text("client_id") != world.meta("client_id") || redirect.empty()) {
    return oauth_error(400, "invalid_request", "Unknown client or redirect_uri.");
  }
  const auto user = world.db().integer(
      "SELECT id FROM users WHERE login=? AND kind<>'service'",
      params.find("login_hint") ? params.text("login_hint") : world.meta("field_login"));
  if (!user) return oauth_error(401, "access_denied", "Unknown login.");
  const std::string code = mint_code(world, *user);
  if (redirect == "urn:ietf:wg:oauth:2.0:oob") {
    return text_reply(200, "text/html", "<html><body><code>" + code + "</code></body></html>");
  }
  Query answer;
  answer.add("code", code);
  if (params.find("state")) answer.add("state", params.text("state"));
  Reply reply = empty_reply(302);
  reply.response.headers.add("Location", redirect + "?" + answer.text());
  return reply;
}

}  // namespace

bool is_login_path(std::string_view path) { return path.starts_with("/oauth/"); }

Reply answer_login(World& world, const Request& request) {
  const bool post = request.method == Method::post;
  if (request.path == "/oauth/token" && post) return token_endpoint(world, request);
  if (request.path == "/oauth/revoke" && post) return revoke(world, request);
  if (request.path == "/oauth/token/info" && !post) return token_info(world, request);
  if (request.path == "/oauth/authorize" && !post) return authorize(world, request);
  return text_error(404, "Not Found");
}

std::string mint_code(World& world, std::int64_t user) {
  const Seconds now = world.now();
  const std::string code = world.nonce();
  add_token(world, {code, "code", code.substr(0, 16), user, now, now + tuning::kCodeSeconds});
  return code;
}

std::optional<User> user_of(World& world, const Request& request) {
  const std::string text = bearer(request);
  const auto token = text.empty() ? std::nullopt : find_token(world, text);
  if (!token || token->kind != "access" || !is_live(world, *token)) return std::nullopt;
  return world.user(token->user);
}

void revoke_tokens(World& world) { world.db().run("UPDATE tokens SET dead=1"); }

void expire_access_tokens(World& world) {
  world.db().run("UPDATE tokens SET expires_at=? WHERE kind='access'", world.now());
}

}  // namespace fieldsync::net::sandbox
