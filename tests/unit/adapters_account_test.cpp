#include "tests/unit/adapters_support.h"

namespace fieldsync::net {
namespace {

using base::Cause;
using kinds::Level;

TEST_CASE("the token goes to the service and to nobody else") {
  struct Row {
    const char* api;
    const char* url;
    bool trusted;
  };
  const Row rows[] = {
      {"https://api.procore.com", "https://api.procore.com/rest", true},
      {"https://api.procore.com", "https://storage.procore.com/a", true},
      {"https://api.procore.com", "https://PROCORE.com/a", true},
      {"https://api.procore.com", "http://api.procore.com/rest", false},
      {"https://api.procore.com", "https://evilprocore.com/a", false},
      {"https://api.procore.com", "https://procore.com.evil.example/a", false},
      {"https://api.procore.com", "https://s3.amazonaws.com/pro-core.com/a", false},
      {"https://api.procore.com", "https://api.procore.com:8443/a", false},
      {"https://api.procore.com", "https://api.procore.com@evil.example/", false},
      {"https://api.procore.com", "http://127.0.0.1:80/", false},
      {"https://api.procore.com", "", false},
      {"https://api.procoregov.com", "https://files.procoregov.com/a", true},
      {"https://api.procoregov.com", "https://storage.procore.com/a", false},
      {"https://proxy.gc.example", "https://proxy.gc.example/a", true},
      {"https://proxy.gc.example", "https://storage.procore.com/a", false},
      {"https://proxy.gc.example:8443", "https://proxy.gc.example:8443/a", true},
      {"https://proxy.gc.example:8443", "https://proxy.gc.example:9443/a", false},
      {"http://127.0.0.1:4001", "http://127.0.0.1:4001/rest", true},
      {"http://127.0.0.1:4001", "http://127.0.0.1:4002/put", false},
      {"http://127.0.0.1:4001", "http://localhost:4001/rest", false},
      {"http://127.0.0.1:4001", "https://api.procore.com/", false},
  };
  for (const Row& row : rows) {
    INFO(row.api, " -> ", row.url);
    ProcoreOptions made = options();
    made.api_url = row.api;
    CHECK(Procore(made).trusts(row.url) == row.trusted);
  }
  ProcoreOptions more = options();
  more.trusted_domains = {"files.gc.example", ""};
  CHECK(Procore(more).trusts("https://a.files.gc.example/x"));
  CHECK_FALSE(Procore(more).trusts("http://a.files.gc.example/x"));
  CHECK_FALSE(Procore(more).trusts("https://gc.example/x"));
}

TEST_CASE("a download carries the token only to a trusted host") {
  const Procore service(options());
  RemoteFile file;
  file.url = "https://storage.procore.com/a";
  CHECK(service.download(file).auth == Auth::bearer);
  file.url = "https://s3.example/a";
  const HttpRequest request = service.download(file);
  CHECK(request.auth == Auth::none);
  CHECK(request.headers.find("Procore-Company-Id") == nullptr);
}

TEST_CASE("who am I") {
  const Procore service(options());
  CHECK(service.me().url == "https://api.procore.com/rest/v1.0/me");
  CHECK(service.me().headers.text("Procore-Company-Id") == "1001");
  CHECK(service.read_me(answer(200, R"({"id":8001,"login":"x"})"))->raw() == "8001");
  for (const char* body : {"{}", "[]", R"({"id":null})", R"({"id":{}})", "8001"}) {
    CHECK(service.read_me(answer(200, body)).failure().cause == Cause::unexpected_answer);
  }
  CHECK(service.read_me(answer(401, R"({"errors":"Unauthorized"})")).failure().cause ==
        Cause::login_required);
}

TEST_CASE("an answer with more tools than any project has is refused") {
  std::string tools;
  for (int i = 0; i <= 1000; ++i) tools += R"(,{"name":"t)" + std::to_string(i) + "\"}";
  tools.front() = '[';
  const auto rights =
      Procore(options()).read_permissions(answer(200, R"({"tools":)" + tools + "]}"));
  REQUIRE_FALSE(rights.ok());
  CHECK(rights.failure().cause == Cause::limit_reached);
}

TEST_CASE("projects come page by page with whether they are active") {
  const Procore service(options());
  CHECK(service.projects(2).url ==
        "https://api.procore.com/rest/v1.1/projects?company_id=1001&"
        "filters%5Bby_status%5D=All&page=2&per_page=300");
  const auto page = service.read_projects(
      1, answer(200, R"([{"id":2002,"name":"Hall","active":true},{"id":3,"name":"Old",
                "active":false},{"id":4}])",
                {{"Link", R"(<https://a/?page=2>; rel="next")"}}));
  REQUIRE(page.ok());
  REQUIRE(page->projects.size() == 3);
  CHECK(page->projects[0].name == "Hall");
  CHECK_FALSE(page->projects[1].active);
  CHECK(page->projects[2].active);
  CHECK(page->next == 2);
  for (const char* body : {R"([{"name":"no id"}])", R"([7.5])", R"([{"id":1,"active":"yes"}])"}) {
    CHECK_FALSE(service.read_projects(1, answer(200, body)).ok());
  }
}

TEST_CASE("permissions name our tools, the level, and what is unknown as none") {
  const Procore service(options());
  CHECK(service.permissions(kProject).url ==
        "https://api.procore.com/rest/v1.0/settings/permissions?project_id=2002");
  const auto tools = service.read_permissions(answer(200, R"({"tools":[
    {"name":"rfi","available_for_user":true,"user_access_level":{"id":3,"name":"Standard"},
     "permitted_actions":[{"action_name":"act_as_rfi_manager"},{"action_name":7},3]},
    {"name":"x1","friendly_name":"Daily Log","user_access_level":{"name":"READ ONLY"}},
    {"name":"drawings","available_for_user":false,"user_access_level":{"name":"Admin"}},
    {"name":"photos","available_for_user":false,"user_access_level":{"name":"None"}},
    {"name":"budget","user_access_level":{"name":"Grand Vizier"}},
    {"name":"images","available_for_user":true,"user_access_level":{"name":"admin"}},
    {"name":null},"junk"]})"));
  REQUIRE(tools.ok());
  REQUIRE(tools->size() == 5);
  const auto check = [&](std::size_t i, std::string_view tool, Level level, bool enabled) {
    INFO(tool);
    CHECK((*tools)[i].tool == tool);
    CHECK((*tools)[i].level == level);
    CHECK((*tools)[i].enabled == enabled);
  };
  check(0, "rfis", Level::standard, true);
  CHECK((*tools)[0].actions == std::vector<std::string>{"act_as_rfi_manager"});
  check(1, "notes", Level::read_only, true);
  check(2, "drawings", Level::admin, false);
  check(3, "photos", Level::admin, true);
  check(4, "budget", Level::none, true);
  CHECK_FALSE(service.read_permissions(answer(200, "{}")).ok());
  CHECK_FALSE(service.read_permissions(answer(200, R"({"tools":{}})")).ok());
  CHECK(service.read_permissions(answer(404, "{}")).failure().cause == Cause::project_gone);
}

TEST_CASE("a slash at the end of the API's address changes nothing") {
  ProcoreOptions made = options();
  made.api_url += "/";
  CHECK(Procore(made).me().url == "https://api.procore.com/rest/v1.0/me");
}

}  // namespace
}  // namespace fieldsync::net
