#include "tests/support/sandbox_rig.h"

namespace fieldsync::net::sandbox {

TEST_CASE("an access token lives 5,400 seconds and then answers 401") {
  SandboxRig rig;
  CHECK(rig.token_call({{"grant_type", "client_credentials"}}).object().integer("expires_in") ==
        5'400);
  CHECK(rig.get("/rest/v1.0/me").status == 200);
  rig.clock.pass(5'399);
  CHECK(rig.get("/rest/v1.0/me").status == 200);
  rig.clock.pass(1);
  CHECK(rig.get("/rest/v1.0/me").status == 401);
}

TEST_CASE("a refresh gives a new pair and the old refresh token is dead at once") {
  SandboxRig rig;
  const std::string first = rig.login_answer(kField).object().text("refresh_token");
  const Answer renewed =
      rig.token_call({{"grant_type", "refresh_token"}, {"refresh_token", first}});
  REQUIRE(renewed.status == 200);
  CHECK(renewed.object().text("refresh_token") != first);
  const Answer again = rig.token_call({{"grant_type", "refresh_token"}, {"refresh_token", first}});
  CHECK(again.status == 401);
  CHECK(again.object().text("error") == "invalid_grant");
  const Answer third = rig.token_call(
      {{"grant_type", "refresh_token"}, {"refresh_token", renewed.object().text("refresh_token")}});
  CHECK(third.status == 200);
}

TEST_CASE("a refused refresh spends its token too") {
  SandboxRig rig;
  const std::string token = rig.login_answer(kField).object().text("refresh_token");
  CHECK(rig.token_call({{"grant_type", "refresh_token"},
                        {"refresh_token", token},
                        {"client_secret", "wrong"}})
            .status == 401);
  CHECK(rig.token_call({{"grant_type", "refresh_token"}, {"refresh_token", token}}).status == 401);
}

TEST_CASE("a refresh whose answer is lost has spent its token") {
  SandboxRig rig;
  const std::string token = rig.login_answer(kField).object().text("refresh_token");
  rig.fault({{"origin", "login"}, {"action", "drop_after"}});
  CHECK(rig.token_call({{"grant_type", "refresh_token"}, {"refresh_token", token}}).fate ==
        Fate::drop);
  CHECK(rig.token_call({{"grant_type", "refresh_token"}, {"refresh_token", token}}).status == 401);
}

TEST_CASE("a code is good once and for ten minutes") {
  SandboxRig rig;
  const auto redeem = [&](const std::string& code) {
    return rig
        .token_call({{"grant_type", "authorization_code"},
                     {"code", code},
                     {"redirect_uri", "http://localhost"}})
        .status;
  };
  const auto mint = [&] {
    return rig.control(Method::post, "/code", {{"user", kField}}).object().text("code");
  };
  const std::string code = mint();
  CHECK(redeem(code) == 200);
  CHECK(redeem(code) == 401);
  const std::string late = mint();
  rig.clock.pass(600);
  CHECK(redeem(late) == 401);
}

TEST_CASE("client credentials come without a refresh token") {
  SandboxRig rig;
  CHECK_FALSE(rig.token_call({{"grant_type", "client_credentials"}}).object().has("refresh_token"));
}

TEST_CASE("a revoked token takes its pair with it") {
  SandboxRig rig;
  const Answer pair = rig.login_answer(kField);
  rig.token = pair.object().text("access_token");
  REQUIRE(rig.get("/rest/v1.0/me").status == 200);
  const Document fields{{"token", rig.token},
                        {"client_id", rig.access.text("client_id")},
                        {"client_secret", rig.access.text("client_secret")}};
  CHECK(rig.call(Method::post, "/oauth/revoke", base::to_json(fields),
                 {{"Content-Type", "application/json"}})
            .status == 200);
  CHECK(rig.get("/rest/v1.0/me").status == 401);
  CHECK(rig.token_call({{"grant_type", "refresh_token"},
                        {"refresh_token", pair.object().text("refresh_token")}})
            .status == 401);
}

TEST_CASE("token info names the owner and what is left") {
  SandboxRig rig;
  rig.become(kField);
  rig.clock.pass(400);
  const Answer info = rig.get("/oauth/token/info");
  CHECK(info.object().integer("resource_owner_id") == kField);
  CHECK(info.object().integer("expires_in_seconds") == 5'000);
}

TEST_CASE("a form is as good as JSON at the token endpoint") {
  SandboxRig rig;
  Query form;
  form.add("grant_type", "client_credentials")
      .add("client_id", rig.access.text("client_id"))
      .add("client_secret", rig.access.text("client_secret"));
  CHECK(rig.call(Method::post, "/oauth/token", form.text(),
                 {{"Content-Type", "application/x-www-form-urlencoded"}})
            .status == 200);
}

TEST_CASE("the company header is required, of service accounts even on /me") {
  SandboxRig rig;
  const auto without = [&](const std::string& path) {
    return rig.call(Method::get, path, "", {{"Authorization", "Bearer " + rig.token}});
  };
  const Answer missing = without("/rest/v1.0/me");
  CHECK(missing.status == 400);
  CHECK(missing.object().text("message").starts_with("Missing Procore-Company-Id header!"));
  rig.become(kField);
  CHECK(without("/rest/v1.0/me").status == 200);
  CHECK(without("/rest/v1.0/companies").status == 200);
  CHECK(without(SandboxRig::project("/rfis")).status == 400);
}

TEST_CASE("a company without the app answers 403 with the documented words") {
  SandboxRig rig;
  rig.office({{"do", "set_connected"}, {"connected", false}});
  const Answer refused = rig.get(SandboxRig::project("/rfis"));
  CHECK(refused.status == 403);
  CHECK(refused.raw == R"({"errors":["App is not connected to this company."]})");
}

}  // namespace fieldsync::net::sandbox
