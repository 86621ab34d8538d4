#pragma once

#include <optional>
#include <string>

#include "net/sandbox/exchange.h"
#include "net/sandbox/world.h"

/// The login origin (facts/procore-api.md 2). Paths: /oauth/token, /oauth/token/info, /oauth/revoke
/// and /oauth/authorize, which grants at once to the user named by `login_hint`.
namespace fieldsync::net::sandbox {

/// Whether the path belongs to the login origin.
bool is_login_path(std::string_view path);
Reply answer_login(World& world, const Request& request);
/// A code for the user, good once and for ten minutes: what the person would have pasted.
std::string mint_code(World& world, std::int64_t user);
/// The user behind `Authorization: Bearer …`; nothing when missing, unknown, expired or revoked.
std::optional<User> user_of(World& world, const Request& request);
/// Ends every access token, as a clock that runs past 90 minutes would.
void expire_access_tokens(World& world);
/// Access and refresh tokens of everybody are dead: as when an admin revokes the app's logins.
void revoke_tokens(World& world);

}  // namespace fieldsync::net::sandbox
