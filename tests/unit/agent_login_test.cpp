#include <doctest/doctest.h>

#include <algorithm>

#include "net/sandbox/seed_people.h"
#include "tests/support/small_world.h"

// The login seen from the whole agent: what a person can go on doing, what is said, what is asked
// of the service (facts/procore-api.md 2).

using namespace fieldsync;
using base::Document;
using base::Value;
using tests::Mishap;
using tests::SharedWorld;
using tests::SiteMachine;
using tests::SmallWorld;

namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// A machine whose person logged in with a code: its refresh token is good once.
struct PersonsWorld : SharedWorld, SiteMachine {
  PersonsWorld() : SiteMachine(*this, person()) { run_for(minutes(1)); }
  static Options person() {
    Options options;
    options.user = net::sandbox::kManager;
    return options;
  }
  void log_in_again() {
    const Document minted = control(net::Method::post, "/code", {{"user", net::sandbox::kManager}});
    call("login",
         {{"secret", sandbox->access().text("client_secret")}, {"code", minted.text("code")}});
  }
};

bool asks_for_token(const net::HttpRequest& request) {
  return request.url.find("/oauth/token") != std::string::npos &&
         request.method == net::Method::post;
}

template <typename World>
int token_requests(const World& world) {
  const auto& arrived = world.transport->arrived;
  return static_cast<int>(std::count(arrived.begin(), arrived.end(), "POST /oauth/token"));
}

template <typename World>
void add_note(World& world, const std::string& text) {
  world.call("add", {{"kind", "note"}, {"fields", Document{{"comment", text}}}});
}

/// The only explanation of the queue's first act.
template <typename World>
Document first_why(World& world) {
  const Document queue = world.call("queue");
  const auto& rows = *queue.find("intents")->as_list();
  REQUIRE(!rows.empty());
  return *rows.front().as_document();
}

template <typename World>
std::string login_of(World& world) {
  return world.call("status").text("login");
}

/// Capture, browse, search and the queue go on whatever became of the login.
template <typename World>
void check_work_goes_on(World& world, const std::string& text) {
  add_note(world, text);
  CHECK_FALSE(world.call("list", {{"kind", "rfi"}}).find("records")->as_list()->empty());
  CHECK_FALSE(world.call("queue").find("intents")->as_list()->empty());
}

}  // namespace

TEST_CASE("a renewal whose answer is lost puts the login in doubt until a good link resolves it") {
  PersonsWorld world;
  int lost = 0;
  int under_way = 0;
  int most_under_way = 0;
  world.transport->mishap = [&](const net::HttpRequest& request) {
    if (!asks_for_token(request)) return lost == 0 ? Mishap::none : Mishap::lost_before;
    most_under_way = std::max(most_under_way, ++under_way);
    ++lost;
    return Mishap::lost_on_way;  // the service never saw it: the token is still good
  };
  world.run_for(hours(1) + minutes(25));
  world.loop.run_until([&] { return lost > 0; }, hours(1));
  CHECK(lost == 1);
  world.run_for(minutes(6));
  world.control(net::Method::post, "/expire_tokens");
  check_work_goes_on(world, "captured in doubt");
  world.run_for(minutes(30));
  CHECK(login_of(world) == "in_doubt");
  const Document why = first_why(world);
  CHECK(why.text("cause") == "login_in_doubt");
  CHECK(why.text("owner") == "nobody");
  CHECK(why.text("evidence").find("lost") != std::string::npos);
  CHECK_FALSE(why.text("next_attempt").empty());
  CHECK(lost == 1);  // no second refresh while there is no link
  world.transport->mishap = nullptr;
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(login_of(world) == "ready");
  CHECK(world.at_service("note", "comment", "captured in doubt") == 1);
}

TEST_CASE("a renewal that was used up unseen asks for a login, and says why") {
  PersonsWorld world;
  bool lose = true;
  world.transport->mishap = [&](const net::HttpRequest& request) {
    if (!lose || !asks_for_token(request)) return Mishap::none;
    lose = false;
    return Mishap::lost_after;
  };
  world.control(net::Method::post, "/expire_tokens");
  add_note(world, "stranded");
  world.run_for(minutes(30));
  CHECK(login_of(world) == "refused");
  const Document why = first_why(world);
  CHECK(why.text("cause") == "login_required");
  CHECK(why.text("owner") == "you");
  CHECK(why.text("evidence").find("earlier renewal was lost") != std::string::npos);
  const int asked = token_requests(world);
  world.run_for(hours(24));
  CHECK(token_requests(world) == asked);
  world.log_in_again();
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(world.at_service("note", "comment", "stranded") == 1);
}

TEST_CASE("a 401 in the middle of a round costs one renewal and the round goes on") {
  SmallWorld world;
  world.control(net::Method::patch, "/settings", {{"per_page_max", 2}});
  int pages = 0;
  world.transport->mishap = [&](const net::HttpRequest& request) {
    if (request.url.find("/rfis?") != std::string::npos && ++pages == 3) {
      world.control(net::Method::post, "/expire_tokens");
    }
    return Mishap::none;
  };
  world.run_for(minutes(2));
  CHECK(pages > 3);
  CHECK(token_requests(world) == 2);
  const Document status = world.call("status");
  for (const Value& project : *status.find("projects")->as_list()) {
    for (const Value& tool : *project.as_document()->find("tools")->as_list()) {
      CHECK(tool.as_document()->text("cause") == "none");
      CHECK_FALSE(tool.as_document()->text("complete_as_of").empty());
    }
  }
}

TEST_CASE("acts that meet an expired token together share one renewal") {
  PersonsWorld world;
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  for (int i = 0; i < 20; ++i) add_note(world, "waiting " + std::to_string(i));
  world.run_for(minutes(1));
  world.control(net::Method::post, "/expire_tokens");
  world.transport->arrived.clear();
  world.transport->mishap = nullptr;
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(token_requests(world) == 1);
}

TEST_CASE("a revoked login stops only the sending, and everything resumes after the next") {
  PersonsWorld world;
  world.control(net::Method::post, "/revoke_tokens");
  check_work_goes_on(world, "captured logged out");
  world.run_for(hours(3));
  CHECK(login_of(world) == "refused");
  CHECK(token_requests(world) == 2);  // the login and the one refused renewal
  const auto before = world.transport->arrived.size();
  check_work_goes_on(world, "captured later");
  world.run_for(hours(24));
  CHECK(world.transport->arrived.size() == before);
  const Document why = first_why(world);
  CHECK(why.text("cause") == "login_required");
  CHECK(why.text("next_step").find("fieldsync login") != std::string::npos);
  CHECK(why.find("next_attempt")->is_null());
  world.log_in_again();
  REQUIRE_MESSAGE(world.drain(minutes(2)), world.open_acts());
  CHECK(world.at_service("note", "comment", "captured logged out") == 1);
  CHECK(world.at_service("note", "comment", "captured later") == 1);
}

TEST_CASE("after three refusals nothing is tried until a person logs in, also over restarts") {
  SmallWorld world;
  world.run_for(minutes(1));
  world.control(net::Method::post, "/faults",
                {{"match", "POST /oauth/token"},
                 {"count", -1},
                 {"action", "status"},
                 {"status", 401},
                 {"body", Document{{"error", "invalid_client"}}}});
  world.control(net::Method::post, "/expire_tokens");
  add_note(world, "kept");
  for (int start = 0; start < 6; ++start) {
    world.run_for(hours(2));
    world.crash_and_restart();
  }
  world.run_for(hours(24));
  CHECK(token_requests(world) == 1 + 3);
  CHECK(login_of(world) == "paused");
  const Document why = first_why(world);
  CHECK(why.text("cause") == "login_paused");
  CHECK(why.text("owner") == "you");
  world.control(net::Method::del, "/faults");
  world.call("login", {{"secret", world.sandbox->access().text("client_secret")}});
  REQUIRE_MESSAGE(world.drain(minutes(2)), world.open_acts());
}

TEST_CASE("an app that is not installed is said to be, and all goes on when it is") {
  SmallWorld world;
  world.run_for(minutes(1));
  world.control(net::Method::post, "/office", {{"do", "set_app"}, {"connected", Value(false)}});
  add_note(world, "no app");
  world.run_for(minutes(30));
  const Document why = first_why(world);
  CHECK(why.text("cause") == "app_not_installed");
  CHECK(why.text("owner") == "company admin");
  CHECK(why.text("evidence").find("not connected") != std::string::npos);
  world.control(net::Method::post, "/office", {{"do", "set_app"}, {"connected", Value(true)}});
  REQUIRE_MESSAGE(world.drain(hours(2)), world.open_acts());
  CHECK(world.at_service("note", "comment", "no app") == 1);
}

TEST_CASE("a wrong clock is said in status and makes no loop") {
  for (const std::int64_t seconds : {86'400, 400}) {
    SmallWorld world;
    world.run_for(minutes(1));
    CHECK(world.call("status").find("clock")->as_document()->text("cause") == "none");
    world.control(net::Method::post, "/clock", {{"advance_seconds", seconds}});
    add_note(world, "in time");
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    const auto before = world.transport->arrived.size();
    world.run_for(hours(1));
    CHECK(world.transport->arrived.size() - before < 80);  // 12 rounds of four tools, two sweeps
    const Document status = world.call("status");
    const Document& clock = *status.find("clock")->as_document();
    CHECK(clock.text("cause") == "clock_wrong");
    CHECK(clock.text("owner") == "you");
    CHECK(clock.text("evidence").find("behind") != std::string::npos);
    CHECK(clock.text("next_step").find("date") != std::string::npos);
  }
}
