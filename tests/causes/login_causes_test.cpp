#include "tests/support/cause_world.h"

// Causes of the login and of what it may do. The login's whole life is in
// tests/unit/agent_login_test.cpp.

namespace fieldsync::tests {

using base::Cause;
using base::Document;
using base::Value;
using net::sandbox::kProject;
using net::sandbox::kService;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

/// A machine whose person logged in with a code.
struct PersonsWorld : SharedWorld, SiteMachine {
  PersonsWorld() : SiteMachine(*this, Options{"site", net::sandbox::kManager}) {
    run_for(minutes(1));
  }
  Document first_why(const std::string& comment) {
    call("add", {{"kind", "note"}, {"fields", Document{{"comment", comment}}}});
    run_for(minutes(30));
    const Document queue = call("queue");
    REQUIRE(!queue.find("intents")->as_list()->empty());
    return *queue.find("intents")->as_list()->front().as_document();
  }
};

bool asks_for_token(const net::HttpRequest& request) {
  return request.method == net::Method::post &&
         request.url.find("/oauth/token") != std::string::npos;
}

void log_in(SiteMachine& machine, SharedWorld& world) {
  machine.call("login", {{"secret", world.sandbox->access().text("client_secret")}});
}

}  // namespace

CAUSE_TEST(login_required, "the app asks for a login again and again") {
  CauseWorld world;
  world.fault(
      "POST /oauth/token", -1,
      {{"action", "status"}, {"status", 401}, {"body", Document{{"error", "invalid_client"}}}});
  world.control(net::Method::post, "/revoke_tokens");
  const std::string note = world.note("logged out");
  world.run_for(hours(2));
  check_explained(world.why(note), Cause::login_required, "invalid_client", Next::by_event);
  const Document status = world.call("status");
  const Document& remote = *status.find("remotes")->as_list()->front().as_document();
  check_explained(*remote.find("login_problem")->as_document(), Cause::login_required,
                  "invalid_client", Next::by_event);
  world.heal();
  log_in(world, world);
  world.check_well(note);
}

CAUSE_TEST(login_in_doubt, "I was logged out by a bad network") {
  PersonsWorld world;
  world.control(net::Method::post, "/expire_tokens");
  int lost = 0;
  world.transport->mishap = [&](const net::HttpRequest& request) {
    if (lost > 0) return Mishap::lost_before;
    return asks_for_token(request) && ++lost > 0 ? Mishap::lost_on_way : Mishap::none;
  };
  check_explained(world.first_why("in doubt"), Cause::login_in_doubt, "lost", Next::planned);
  world.transport->mishap = nullptr;
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
}

CAUSE_TEST(login_paused, "my account was locked after too many tries") {
  CauseWorld world;
  world.fault(
      "POST /oauth/token", -1,
      {{"action", "status"}, {"status", 401}, {"body", Document{{"error", "invalid_client"}}}});
  world.control(net::Method::post, "/revoke_tokens");
  const std::string note = world.note("paused");
  for (int i = 0; i < 4; ++i) {
    world.run_for(hours(1));
    world.crash_and_restart();
  }
  world.run_for(hours(1));
  check_explained(world.why(note), Cause::login_paused, "3 times", Next::by_event);
  world.heal();
  log_in(world, world);
  world.check_well(note);
}

CAUSE_TEST(app_not_installed, "permission denied in the whole company") {
  CauseWorld world;
  world.office({{"do", "set_app"}, {"connected", Value(false)}});
  const std::string note = world.note("no app");
  world.run_for(hours(1));
  check_explained(world.why(note), Cause::app_not_installed, "not connected", Next::by_event);
  world.office({{"do", "set_app"}, {"connected", Value(true)}});
  world.check_well(note);
}

CAUSE_TEST(permission_missing, "items stopped after my role was changed") {
  CauseWorld world;
  world.set_level("rfi", 1);
  const std::string rfi = world.rfi("role lowered");
  world.run_for(hours(2));
  const Document why = world.why(rfi);
  check_explained(why, Cause::permission_missing, "rfis: this login needs Standard",
                  Next::by_event);
  world.set_level("rfi", 3);
  world.check_well(rfi);
}

CAUSE_TEST(tool_disabled, "permission denied: the tool is gone") {
  CauseWorld world;
  world.office({{"do", "set_tool"}, {"tool", "rfi"}, {"enabled", Value(false)}});
  const std::string rfi = world.rfi("tool off");
  world.run_for(hours(2));
  check_explained(world.why(rfi), Cause::tool_disabled, "rfis", Next::by_event);
  world.office({{"do", "set_tool"}, {"tool", "rfi"}, {"enabled", Value(true)}});
  world.check_well(rfi);
}

CAUSE_TEST(project_gone, "I was removed from the project with work unsent") {
  CauseWorld world;
  world.office({{"do", "set_member"}, {"user", kService}, {"member", Value(false)}});
  const std::string note = world.note("removed");
  world.run_for(hours(2));
  check_explained(world.why(note), Cause::project_gone, std::to_string(kProject), Next::by_event);
  CHECK_FALSE(world.call("list", {{"kind", "rfi"}}).find("records")->as_list()->empty());
  world.office({{"do", "set_member"}, {"user", kService}, {"member", Value(true)}});
  world.check_well(note);
}

CAUSE_TEST(project_not_shared, "the project is not offered to me") {
  CauseWorld world;
  const std::string project = std::to_string(net::sandbox::kSmallJob);
  world.office({{"do", "set_member"},
                {"project", net::sandbox::kSmallJob},
                {"user", kService},
                {"member", Value(false)}});
  world.call("follow", {{"project", project}});
  const Document added = world.call(
      "add",
      {{"kind", "note"}, {"project", project}, {"fields", Document{{"comment", "not shared"}}}});
  world.run_for(hours(2));
  const std::string note = added.find("items")->as_list()->front().as_document()->text("id");
  check_explained(world.why(note), Cause::project_not_shared, project, Next::by_event);
}

}  // namespace fieldsync::tests
