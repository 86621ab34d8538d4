#pragma once

#include "net/sandbox/exchange.h"
#include "net/sandbox/faults.h"
#include "net/sandbox/rates.h"
#include "net/sandbox/world.h"

namespace fieldsync::net::sandbox {

/// The control origin: JSON in, JSON out, no token.
///
/// - GET /info: what a client needs to begin
/// - GET /ledger[?after=ID]: every effect ever made, oldest first
/// - GET /verdict: creates of people and services: distinct, doubled
/// - GET /records?kind=K[&project=P]: records_of
/// - GET /calls: counters of calls and bytes by origin
/// - GET /requests[?limit=N]: the latest requests
/// - GET, POST, DELETE /faults: rules, see faults.h
/// - POST /link {up}: false: every origin but this one drops every connection
/// - GET, POST /clock {advance_seconds}
/// - GET, PATCH /settings: switches, see settings.cpp
/// - POST /code {user}: an authorization code
/// - POST /expire_tokens, /revoke_tokens, /forget_rates
/// - POST /office {…}: see office.h
///
/// POST /drawing takes a PDF instead of JSON, see office.h.
Reply answer_control(World& world, Faults& faults, Rates& rates, const Request& request);

/// The project a client begins with.
std::int64_t first_project(World& world);
/// All records of a kind as they are kept, deleted ones included, with their files by SHA-256.
List records_of(World& world, const std::string& kind, std::int64_t project);

/// The body of /info.
Document access_of(World& world);

}  // namespace fieldsync::net::sandbox
