#include "net/token_source.h"

#include <doctest/doctest.h>

#include <map>
#include <vector>

using namespace fieldsync;
using namespace fieldsync::net;
using base::Cause;
using base::Failure;
using base::Millis;
using base::Secret;

namespace {

class TestClock final : public platform::Clock {
 public:
  base::Instant now() const override { return {at}; }
  base::WallTime wall() const override { return {Millis(1'790'000'000'000) + at}; }
  int utc_offset_minutes(base::WallTime) const override { return 0; }
  Millis at{1'000};
};

/// The source uses neither; a call would be a mistake.
class NoLoop final : public platform::EventLoop {
 public:
  void post(platform::Task) override { FAIL("posted"); }
  platform::TimerId call_at(base::Instant, platform::Task) override {
    FAIL("timer set");
    return {};
  }
  void cancel(platform::TimerId) override {}
};

class NoWorkers final : public platform::Workers {
 public:
  void run(platform::Task, platform::Task) override { FAIL("worker used"); }
};

/// Keeps each exchange until the test answers it.
class TestTransport final : public HttpTransport {
 public:
  ExchangeId submit(HttpRequest request, DoneCallback done, ProgressCallback) override {
    if (request.method == Method::get) {
      ++proofs;
      proof = std::move(done);
      return ExchangeId{0};
    }
    sent.push_back(std::get<std::string>(request.body));
    open.emplace(sent.size(), std::move(done));
    return ExchangeId{sent.size()};
  }
  void cancel(ExchangeId id) override {
    if (id == ExchangeId{0}) proof = nullptr;
    open.erase(static_cast<std::size_t>(id));
  }
  /// Answers what is asked before a refresh leaves, if it was asked.
  void answer_proof(HttpOutcome outcome) {
    if (!proof) return;
    DoneCallback done = std::move(proof);
    proof = nullptr;
    done(std::move(outcome));
  }
  void prove() { answer_proof({HttpResponse{401, {}, "{}"}, Reach::may_have_arrived}); }

  void end(HttpOutcome outcome) {
    REQUIRE(open.size() == 1);
    DoneCallback done = std::move(open.begin()->second);
    open.clear();
    done(std::move(outcome));
  }
  void answer(int status, std::string body) {
    end({HttpResponse{status, {}, std::move(body)}, Reach::may_have_arrived});
  }
  void grant(const std::string& access, const std::string& refresh = "") {
    std::string body = R"({"access_token":")" + access + R"(","expires_in":5400)";
    if (!refresh.empty()) body += R"(,"refresh_token":")" + refresh + "\"";
    answer(200, body + "}");
  }
  void lose(Cause cause, Reach reach) { end({Failure{cause, "link"}, reach}); }
  bool last_carries(const std::string& text) const {
    return !sent.empty() && sent.back().find(text) != std::string::npos;
  }

  int proofs = 0;
  DoneCallback proof;
  std::vector<std::string> sent;
  std::map<std::size_t, DoneCallback> open;
};

class TestSecrets final : public platform::SecretStore {
 public:
  base::Result<std::optional<Secret>> get(std::string_view name) override {
    const auto found = kept.find(std::string(name));
    if (found == kept.end()) return std::optional<Secret>();
    return std::optional<Secret>(Secret(found->second));
  }
  base::Result<> put(std::string_view name, const Secret& secret) override {
    if (is_full) return Failure{Cause::disk_low, "secrets"};
    kept[std::string(name)] = secret.reveal();
    return {};
  }
  base::Result<> erase(std::string_view name) override {
    kept.erase(std::string(name));
    return {};
  }
  std::map<std::string, std::string> kept;
  bool is_full = false;
};

struct World {
  explicit World(Grant grant) {
    app.login_url = "https://login.example";
    app.client_id = "id";
    app.client_secret = Secret("s");
    app.grant = grant;
    restart();
  }
  void restart() {
    transport.open.clear();
    transport.proof = nullptr;
    source.emplace(host, transport, secrets, base::null_log(), app, "procore");
  }
  /// Asks for a token; the outcome appears in `got`.
  void ask() {
    ask_unproven();
    transport.prove();
  }
  void ask_unproven() {
    source->get([this](base::Result<Secret> result) {
      got.push_back(result ? result->reveal()
                           : "!" + std::string(base::info(result.failure().cause).id));
    });
  }
  std::string last() const { return got.empty() ? "" : got.back(); }
  void log_in(const std::string& refresh) {
    source->log_in(Secret("code"), [](base::Result<> result) { REQUIRE(result.ok()); });
    REQUIRE(transport.last_carries("code=code"));
    transport.grant("A0", refresh);
  }
  void expire() { clock.at += Millis(5'400'000); }

  TestClock clock;
  NoLoop loop;
  NoWorkers workers;
  platform::Random random{1};
  std::unique_ptr<platform::FileSystem> files = platform::make_system_files();
  platform::Host host{clock, loop, *files, workers, random};
  TestTransport transport;
  TestSecrets secrets;
  OAuthApp app;
  std::optional<TokenSource> source;
  std::vector<std::string> got;
};

}  // namespace

TEST_CASE("login: one request serves all who wait, and is durable before anybody gets it") {
  World world(Grant::client_credentials);
  CHECK(world.source->state() == LoginState::unknown);
  for (int i = 0; i < 5; ++i) world.ask();
  CHECK(world.transport.sent.size() == 1);
  CHECK(world.source->state() == LoginState::refreshing);
  CHECK(world.got.empty());
  world.transport.grant("A1");
  CHECK(world.got == std::vector<std::string>(5, "A1"));
  CHECK(world.secrets.kept.at("procore").find("A1") != std::string::npos);
  CHECK(world.source->state() == LoginState::ready);
  world.ask();
  CHECK(world.last() == "A1");
  CHECK(world.transport.sent.size() == 1);

  world.restart();
  world.ask();
  CHECK(world.last() == "A1");
  CHECK(world.transport.sent.size() == 1);
}

TEST_CASE("login: a pair that cannot be stored is not handed out, nor lost") {
  World world(Grant::authorization_code);
  world.log_in("R1");
  world.expire();
  world.ask();
  world.secrets.is_full = true;
  world.transport.grant("A1", "R2");
  CHECK(world.last() == "!disk_low");
  CHECK(world.source->state() != LoginState::ready);
  world.ask();
  CHECK(world.last() == "!disk_low");
  world.secrets.is_full = false;
  world.ask();
  CHECK(world.last() == "A1");
  CHECK(world.transport.sent.size() == 2);
}

TEST_CASE("login: no refresh leaves when its mark cannot be stored") {
  World world(Grant::authorization_code);
  world.log_in("R1");
  world.expire();
  world.secrets.is_full = true;
  world.ask();
  CHECK(world.last() == "!disk_low");
  CHECK(world.transport.sent.size() == 1);
}

TEST_CASE("login: a token about to expire still serves while the next one is fetched") {
  World world(Grant::client_credentials);
  world.ask();
  world.transport.grant("A1");
  world.clock.at += Millis(5'400'000 - 301'000);
  world.ask();
  CHECK(world.transport.sent.size() == 1);
  world.clock.at += Millis(2'000);
  world.ask();
  CHECK(world.last() == "A1");
  CHECK(world.transport.sent.size() == 2);
  world.transport.lose(Cause::offline, Reach::never_left);
  world.ask();
  CHECK(world.last() == "A1");
  CHECK(world.transport.sent.size() == 2);  // not again at once
  world.clock.at += Millis(31'000);
  world.ask();
  world.transport.grant("A2");
  world.ask();
  CHECK(world.last() == "A2");
}

TEST_CASE("login: a link that is down is passed on and counts as no refusal") {
  World world(Grant::client_credentials);
  for (int i = 0; i < 10; ++i) {
    world.ask();
    world.transport.lose(Cause::offline, i % 2 ? Reach::never_left : Reach::may_have_arrived);
    CHECK(world.last() == "!offline");
  }
  world.ask();
  world.transport.answer(200, "<html>portal</html>");
  CHECK(world.last() == "!captive_portal");
  world.ask();
  world.transport.answer(503, "");
  CHECK(world.last() == "!service_busy");
  CHECK(world.source->state() == LoginState::unknown);
  world.ask();
  world.transport.grant("A1");
  CHECK(world.last() == "A1");
}

TEST_CASE("login: three refusals in a row pause until a person logs in, also after a restart") {
  World world(Grant::client_credentials);
  for (int i = 0; i < 3; ++i) {
    world.ask();
    world.transport.answer(401, R"({"error":"invalid_client"})");
    CHECK(world.last() == "!login_required");
  }
  CHECK(world.source->state() == LoginState::paused);
  world.ask();
  CHECK(world.last() == "!login_paused");
  CHECK(world.transport.sent.size() == 3);
  world.clock.at += Millis(24 * 3'600'000);
  world.restart();
  world.ask();
  CHECK(world.last() == "!login_paused");
  CHECK(world.source->problem()->what.find("invalid_client") == std::string::npos);
  CHECK(world.transport.sent.size() == 3);
  world.source->set_client_secret(Secret("s"));
  world.ask();
  CHECK(world.transport.sent.size() == 4);
  world.transport.grant("A1");
  CHECK(world.last() == "A1");
  CHECK(world.source->state() == LoginState::ready);
}

TEST_CASE("login: another client secret ends the pause and is the one that is sent") {
  World world(Grant::client_credentials);
  for (int i = 0; i < 3; ++i) {
    world.ask();
    world.transport.answer(401, "{}");
  }
  CHECK(world.source->state() == LoginState::paused);
  world.source->set_client_secret(Secret("typed"));
  CHECK(world.source->state() == LoginState::unknown);
  world.ask();
  CHECK(world.transport.last_carries("client_secret=typed"));
  world.transport.grant("A1");
  CHECK(world.last() == "A1");
}

TEST_CASE("login: a service that refuses every fresh token is not asked for ever") {
  World world(Grant::client_credentials);
  int i = 0;
  for (; i < 10; ++i) {
    world.ask();
    if (world.last() == "!login_paused") break;
    world.transport.grant("A" + std::to_string(i));
    world.source->refused(Secret(world.last()));
  }
  CHECK(i == 3);
}

TEST_CASE("login: a 401 to the token in use fetches one new token, a late 401 none") {
  World world(Grant::authorization_code);
  world.log_in("R1");
  world.clock.at += Millis(600'000);
  world.source->refused(Secret("A0"));
  world.ask();
  CHECK(world.transport.last_carries("refresh_token=R1"));
  world.transport.grant("A1", "R2");
  world.source->refused(Secret("A0"));
  world.ask();
  CHECK(world.last() == "A1");
  CHECK(world.transport.sent.size() == 2);
}

TEST_CASE("login: without a login there is nothing to ask with") {
  World world(Grant::authorization_code);
  world.ask();
  CHECK(world.last() == "!login_required");
  CHECK(world.transport.sent.empty());
}

TEST_CASE("login: a refused refresh asks for a person, now and after a restart") {
  World world(Grant::authorization_code);
  world.log_in("R1");
  world.expire();
  world.ask();
  world.transport.answer(401, R"({"error":"invalid_grant"})");
  CHECK(world.last() == "!login_required");
  CHECK(world.source->state() == LoginState::refused);
  world.ask();
  world.restart();
  world.ask();
  CHECK(world.last() == "!login_required");
  CHECK(world.transport.sent.size() == 2);
  world.log_in("R5");
  world.ask();
  CHECK(world.last() == "A0");
}

TEST_CASE("login: no refresh leaves before the login server has answered something") {
  struct Row {
    std::string description;
    HttpOutcome proof;
    std::string told;
  };
  const auto reply = [](int status, std::string body) {
    return HttpOutcome{HttpResponse{status, {}, std::move(body)}, Reach::may_have_arrived};
  };
  const std::vector<Row> rows = {
      {"no link", {Failure{Cause::offline, "cut"}, Reach::may_have_arrived}, "!offline"},
      {"somebody else's certificate",
       {Failure{Cause::tls_untrusted, "tls"}, Reach::never_left},
       "!tls_untrusted"},
      {"a login page", reply(200, "<html>Guest Wi-Fi</html>"), "!captive_portal"},
      {"the network asks", reply(511, ""), "!captive_portal"},
      {"a busy service", reply(503, ""), "!service_busy"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.description);
    World world(Grant::authorization_code);
    world.log_in("R1");
    world.expire();
    world.ask_unproven();
    world.ask_unproven();
    CHECK(world.transport.proofs == 1);
    world.transport.answer_proof(row.proof);
    CHECK(world.last() == row.told);
    CHECK(world.transport.sent.size() == 1);
    CHECK(world.source->state() == LoginState::unknown);
    CHECK(world.secrets.kept.count("procore.refreshing") == 0);
    world.ask();
    world.transport.grant("A1", "R2");
    CHECK(world.last() == "A1");
  }
}

TEST_CASE("login: a lost refresh is tried again on a proven link") {
  for (const bool by_power_cut : {false, true}) {
    const auto in_second_try = [&](const auto& ending) {
      CAPTURE(by_power_cut);
      World world(Grant::authorization_code);
      world.log_in("R1");
      world.expire();
      world.ask();
      if (by_power_cut) {
        world.restart();
      } else {
        world.transport.lose(Cause::timeout, Reach::may_have_arrived);
        CHECK(world.last() == "!timeout");
      }
      CHECK(world.source->state() == LoginState::in_doubt);
      CHECK(world.source->problem()->cause == Cause::login_in_doubt);
      world.ask_unproven();
      CHECK(world.transport.sent.size() == 2);
      world.transport.prove();
      CHECK(world.transport.sent.size() == 3);
      CHECK(world.transport.last_carries("refresh_token=R1"));
      ending(world);
    };
    in_second_try([](World& world) {  // taken after all
      world.transport.grant("A1", "R2");
      CHECK(world.last() == "A1");
      CHECK(world.source->state() == LoginState::ready);
      world.restart();
      CHECK(world.source->state() == LoginState::ready);
    });
    in_second_try([](World& world) {  // used up
      world.transport.answer(401, R"({"error":"invalid_grant"})");
      CHECK(world.last() == "!login_required");
      CHECK(world.source->state() == LoginState::refused);
      CHECK(world.source->problem()->what.find("earlier renewal was lost") != std::string::npos);
    });
    in_second_try([](World& world) {  // never left: costs nothing
      world.transport.lose(Cause::offline, Reach::never_left);
      CHECK(world.last() == "!offline");
      world.restart();
      CHECK(world.source->state() == LoginState::in_doubt);
      world.ask();
      CHECK(world.transport.sent.size() == 4);
    });
    in_second_try([](World& world) {  // lost again: still no reason to trouble a person
      world.transport.lose(Cause::offline, Reach::may_have_arrived);
      world.ask();
      world.transport.grant("A1", "R2");
      CHECK(world.last() == "A1");
    });
  }
}

TEST_CASE("login: ten lost refreshes in a row need a person, also after a restart") {
  World world(Grant::authorization_code);
  world.log_in("R1");
  world.expire();
  for (int i = 0; i < 10; ++i) {
    world.ask();
    if (i % 2 == 0) {
      world.transport.lose(Cause::offline, Reach::may_have_arrived);
    } else {
      world.restart();
    }
  }
  CHECK(world.transport.sent.size() == 11);
  for (int i = 0; i < 2; ++i) {
    world.ask();
    CHECK(world.last() == "!login_required");
    CHECK(world.source->state() == LoginState::refused);
    CHECK(world.transport.sent.size() == 11);
    world.restart();
  }
  world.log_in("R2");
  CHECK(world.source->state() == LoginState::ready);
}

TEST_CASE("login: a power cut after the new pair was stored leaves no doubt") {
  World world(Grant::authorization_code);
  world.log_in("R1");
  world.expire();
  world.ask();
  const std::string mark = world.secrets.kept.at("procore.refreshing");
  world.transport.grant("A1", "R2");
  world.secrets.kept["procore.refreshing"] = mark;  // the cut came before it was erased
  world.restart();
  CHECK(world.source->state() == LoginState::ready);
}

TEST_CASE("login: logging out forgets here and in the store, and tells who waits") {
  World world(Grant::authorization_code);
  world.log_in("R1");
  world.expire();
  world.ask();
  CHECK(world.source->log_out().ok());
  CHECK(world.last() == "!login_required");
  CHECK(world.secrets.kept.empty());
  CHECK(world.transport.open.empty());
  CHECK(world.source->state() == LoginState::logged_out);
}

TEST_CASE("login: a refused code is told to the person, the present login stays") {
  World world(Grant::authorization_code);
  world.log_in("R1");
  std::string cause;
  world.source->log_in(Secret("wrong"), [&](base::Result<> result) {
    REQUIRE_FALSE(result.ok());
    cause = base::info(result.failure().cause).id;
  });
  world.transport.answer(400, R"({"error":"invalid_grant"})");
  CHECK(cause == "login_required");
  world.ask();
  CHECK(world.last() == "A0");
}

TEST_CASE("login: a damaged store reads as no login") {
  World world(Grant::authorization_code);
  world.secrets.kept["procore"] = "{damaged";
  world.restart();
  world.ask();
  CHECK(world.last() == "!login_required");
}
