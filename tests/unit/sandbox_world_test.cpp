#include "tests/support/sandbox_rig.h"
#include "tests/support/temp_folder.h"

namespace fieldsync::net::sandbox {
namespace {

const std::string kRfis = SandboxRig::project("/rfis");

std::string permissions(std::int64_t project) {
  return "/rest/v1.0/settings/permissions?project_id=" + std::to_string(project);
}

std::string level_in(const Answer& answer, const std::string& tool) {
  for (const Value& each : children(answer.object(), "tools")) {
    if (each.as_document()->text("name") == tool) {
      return child(*each.as_document(), "user_access_level").text("name");
    }
  }
  return "absent";
}

}  // namespace

TEST_CASE("a fault of each kind does what it says") {
  SandboxRig rig;
  const auto creates = [&] {
    return rig.control(Method::get, "/verdict").object().integer("creates");
  };
  const auto make = [&] { return rig.post(kRfis, SandboxRig::rfi("fault")); };

  rig.fault({{"match", "POST /rest/v1.0"},
             {"action", "status"},
             {"status", 503},
             {"headers", Document{{"Retry-After", "7"}}}});
  const Answer busy = make();
  CHECK(busy.status == 503);
  CHECK(busy.headers.text("Retry-After") == "7");
  CHECK(creates() == 0);

  rig.fault({{"match", "/rfis"}, {"action", "drop_before"}});
  CHECK(make().fate == Fate::drop);
  CHECK(creates() == 0);

  rig.fault({{"match", "/rfis"}, {"action", "drop_after"}});
  CHECK(make().fate == Fate::drop);
  CHECK(creates() == 1);

  rig.fault({{"match", "/rfis"}, {"action", "cut_in_body"}});
  CHECK(make().fate == Fate::cut_in_body);
  CHECK(creates() == 2);

  rig.fault({{"match", "/rfis"}, {"action", "truncate"}});
  const Answer half = make();
  CHECK(half.status == 201);
  CHECK(half.body.is_null());
  CHECK(creates() == 3);

  rig.fault({{"match", "/rfis"}, {"action", "login_page"}});
  const Answer portal = make();
  CHECK(portal.status == 200);
  CHECK(portal.headers.text("Content-Type").starts_with("text/html"));
  CHECK(creates() == 3);

  rig.fault({{"match", "/rfis"}, {"action", "delay"}, {"millis", 1'500}});
  CHECK(make().delay == Millis(1'500));
  CHECK(make().delay == Millis(0));
  CHECK(creates() == 5);
}

TEST_CASE("a rule skips, strikes its count and is gone; DELETE heals") {
  SandboxRig rig;
  rig.fault({{"match", "^GET .*/me$"},
             {"regex", true},
             {"action", "status"},
             {"status", 500},
             {"skip", 1},
             {"count", 2}});
  std::vector<int> seen;
  for (int i = 0; i < 4; ++i) seen.push_back(rig.get("/rest/v1.0/me").status);
  CHECK(seen == std::vector<int>{200, 500, 500, 200});
  rig.fault({{"action", "status"}, {"count", -1}});
  CHECK(rig.get("/rest/v1.0/me").status == 500);
  rig.control(Method::del, "/faults");
  CHECK(rig.get("/rest/v1.0/me").status == 200);
}

TEST_CASE("a rule that cannot be used is refused with its reason") {
  SandboxRig rig;
  for (const Document& rule :
       {Document{{"action", "explode"}}, Document{{"action", "status"}, {"status", 42}},
        Document{{"action", "status"}, {"match", "("}, {"regex", true}},
        Document{{"action", "status"}, {"origin", "moon"}},
        Document{{"action", "delay"}, {"millis", -5}}}) {
    CHECK(rig.control(Method::post, "/faults", rule).status == 400);
  }
}

TEST_CASE("error bodies come in every shape of the facts") {
  SandboxRig rig;
  for (const char* shape :
       {"field", "list", "text", "base", "message", "code", "reason", "html", "empty"}) {
    CAPTURE(shape);
    rig.fault({{"action", "status"}, {"status", 422}, {"shape", shape}});
    const Answer answer = rig.get("/rest/v1.0/me");
    CHECK(answer.status == 422);
    const bool json = std::string(shape) != "html" && std::string(shape) != "empty";
    CHECK((answer.body.as_document() != nullptr) == json);
  }
}

TEST_CASE("a link that is down drops everything but the control origin") {
  SandboxRig rig;
  rig.control(Method::post, "/link", {{"up", false}});
  CHECK(rig.get("/rest/v1.0/me").fate == Fate::drop);
  CHECK(rig.store(Method::get, "http://storage.sandbox.test/download/1", {}, "").fate ==
        Fate::drop);
  CHECK(rig.control(Method::post, "/link", {{"up", true}}).status == 200);
  CHECK(rig.get("/rest/v1.0/me").status == 200);
}

TEST_CASE("an upload cut after some bytes is counted and leaves nothing behind") {
  SandboxRig rig;
  const std::string bytes(200'000, 'b');
  const Answer created = rig.create_upload("a.jpg", {bytes});
  const Document segment = item(children(created.object(), "segments"), 0);
  rig.fault({{"origin", "storage"}, {"action", "cut_upload"}, {"bytes", 100'000}});
  CHECK(rig.put(segment, bytes).fate == Fate::drop);
  const Document calls = rig.control(Method::get, "/calls").object();
  CHECK(calls.integer("storage_bytes_in") > 100'000);
  CHECK(calls.integer("storage_bytes_in") < 200'000);
  CHECK(rig.put(segment, bytes).status == 200);
  CHECK(rig.control(Method::get, "/calls").object().integer("storage_calls") == 2);
}

TEST_CASE("a refused call leaves no trace in the ledger, a lost answer does") {
  SandboxRig rig;
  Document bad = SandboxRig::rfi("x");
  bad.find("rfi")->as_document()->set("assignee_ids", List{5});
  CHECK(rig.post(kRfis, bad).status == 400);
  CHECK(rig.control(Method::get, "/ledger").list().empty());
  rig.fault({{"match", "/rfis"}, {"action", "drop_after"}});
  rig.post(kRfis, SandboxRig::rfi("lost answer"));
  const Document effect = rig.control(Method::get, "/ledger").row(0);
  CHECK(effect.text("verb") == "create");
  CHECK(effect.text("kind") == "rfi");
  CHECK(effect.integer("user") == kService);
}

TEST_CASE("creates repeat themselves: no Idempotency-Token is honoured on RFIs") {
  SandboxRig rig;
  Headers headers = rig.headers();
  headers.add("Idempotency-Token", "token-1");
  const std::string body = base::to_json(SandboxRig::rfi("twice"));
  const Answer first = rig.call(Method::post, kRfis, body, headers);
  const Answer second = rig.call(Method::post, kRfis, body, headers);
  CHECK(first.id() != second.id());
  CHECK(rig.control(Method::get, "/ledger").row(1).text("token") == "token-1");
  CHECK(children(rig.control(Method::get, "/verdict").object(), "doubled").size() == 1);
}

TEST_CASE("with the switch, a repeated Idempotency-Token answers 200 and acts once") {
  SandboxRig rig;
  rig.set({{"idempotency_everywhere", true}});
  Headers headers = rig.headers();
  headers.add("Idempotency-Token", "token-2");
  const std::string body = base::to_json(SandboxRig::rfi("once"));
  const Answer first = rig.call(Method::post, kRfis, body, headers);
  const Answer second = rig.call(Method::post, kRfis, body, headers);
  CHECK(first.status == 201);
  CHECK(second.status == 200);
  CHECK(first.id() == second.id());
  CHECK(rig.control(Method::get, "/ledger").list().size() == 1);
}

TEST_CASE("rights change per tool, tools go off, projects go away") {
  SandboxRig rig;
  rig.become(kField);
  CHECK(level_in(rig.get(permissions(kProject)), "rfi") == "Standard");
  rig.office({{"do", "set_level"}, {"user", kField}, {"tool", "rfi"}, {"level", 0}});
  CHECK(level_in(rig.get(permissions(kProject)), "rfi") == "None");
  CHECK(rig.get(kRfis).status == 403);
  rig.office({{"do", "set_tool"}, {"tool", "daily_log"}, {"enabled", false}});
  CHECK(level_in(rig.get(permissions(kProject)), "daily_log") == "absent");
  CHECK(rig.get(SandboxRig::project("/notes_logs")).status == 403);
  rig.office({{"do", "set_member"}, {"user", kField}, {"member", false}});
  CHECK(rig.get(permissions(kProject)).status == 403);
  const Answer projects = rig.get("/rest/v1.1/projects?company_id=" + std::to_string(kCompany));
  CHECK(projects.list().size() == 1);
  rig.set({{"project_gone_status", 404}});
  CHECK(rig.get(SandboxRig::project("/notes_logs")).status == 404);
}

TEST_CASE("only active projects are listed unless asked for") {
  SandboxRig rig;
  const std::string path = "/rest/v1.1/projects?company_id=" + std::to_string(kCompany);
  CHECK(rig.get(path).list().size() == 2);
  CHECK(rig.get(path + "&filters[by_status]=All").list().size() == 3);
  CHECK(rig.get(path + "&view=ids").list()[0] == Value(kProject));
  CHECK(rig.get(path + "&per_page=9999").headers.text("Per-Page") == "300");
}

TEST_CASE("one seed gives one world and one office") {
  const auto world = [](std::uint64_t seed) {
    SandboxRig rig(seed);
    rig.office({{"do", "edit"}, {"seed", 9}, {"count", 200}});
    return rig.control(Method::get, "/records?kind=rfi").raw +
           rig.control(Method::get, "/records?kind=photo").raw +
           rig.control(Method::get, "/records?kind=drawing_revision").raw;
  };
  const std::string first = world(5);
  CHECK(first == world(5));
  CHECK(first != world(6));
}

TEST_CASE("settings refuse what they do not know") {
  SandboxRig rig;
  CHECK(rig.control(Method::patch, "/settings", {{"gravity", true}}).status == 400);
  CHECK(rig.control(Method::patch, "/settings", {{"rate_spike", "many"}}).status == 400);
  CHECK(rig.control(Method::patch, "/settings", {{"range_end", "open"}}).status == 400);
}

TEST_CASE("bytes of an upload that a kill cut short are gone after the next start") {
  SandboxRig rig;
  const auto chunks = [&] { return *rig.database->integer("SELECT count(*) FROM chunks"); };
  const std::int64_t whole = chunks();
  rig.database->run("INSERT INTO chunks(blob, n, bytes) VALUES(9, 0, 'cut')");
  rig.sandbox.reset();
  REQUIRE(Sandbox::open(*rig.database, rig.clock, {}).ok());
  CHECK(chunks() == whole);
}

TEST_CASE("the world survives a restart: records, settings, tokens, clock and ledger") {
  tests::TempFolder folder;
  StillClock clock;
  std::string token;
  const auto open = [&](const std::function<void(Sandbox&)>& use) {
    auto database = storage::Database::open(folder.path() + "/sandbox.db", {});
    REQUIRE(database.ok());
    auto sandbox = Sandbox::open(**database, clock, {});
    REQUIRE(sandbox.ok());
    REQUIRE((*sandbox)->seed("small", 1).ok());
    use(**sandbox);
  };
  std::string ledger;
  open([&](Sandbox& sandbox) {
    const Document access = sandbox.access();
    const Answer login = answer_of(
        sandbox.api({Method::post,
                     "/oauth/token",
                     "",
                     {{"Content-Type", "application/json"}},
                     base::to_json(Document{{"grant_type", "client_credentials"},
                                            {"client_id", access.text("client_id")},
                                            {"client_secret", access.text("client_secret")}})}));
    token = login.object().text("access_token");
    sandbox.control({Method::post, "/office", "", {}, R"({"do":"edit","count":20})"});
    sandbox.control({Method::post, "/clock", "", {}, R"({"advance_seconds":1000})"});
    sandbox.control({Method::patch, "/settings", "", {}, R"({"rate_hourly":77})"});
    ledger = sandbox.control({Method::get, "/ledger", "", {}, ""}).response.body;
  });
  open([&](Sandbox& sandbox) {
    CHECK(sandbox.control({Method::get, "/ledger", "", {}, ""}).response.body == ledger);
    const Answer clock_now = answer_of(sandbox.control({Method::get, "/clock", "", {}, ""}));
    CHECK(clock_now.object().text("now") == "2026-09-21T14:30:00Z");
    const Answer settings = answer_of(sandbox.control({Method::get, "/settings", "", {}, ""}));
    CHECK(settings.object().integer("rate_hourly") == 77);
    CHECK(sandbox
              .api({Method::get,
                    "/rest/v1.0/me",
                    "",
                    {{"Authorization", "Bearer " + token},
                     {"Procore-Company-Id", std::to_string(kCompany)}},
                    ""})
              .response.status == 200);
  });
}

}  // namespace fieldsync::net::sandbox
