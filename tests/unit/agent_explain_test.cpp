#include "agent/sync/local/explain.h"

#include "net/adapters/procore.h"
#include "tests/support/small_world.h"

// `why` has an answer for every state an item can be in, checked by enumeration.

namespace fieldsync::tests {
namespace {

using base::Cause;
using base::Failure;
using storage::Act;
using storage::Intent;
using storage::IntentState;
using sync::Explanation;

constexpr Act kActs[] = {Act::create, Act::edit,   Act::reply,
                         Act::attach, Act::remove, Act::restore};
constexpr IntentState kStates[] = {
    IntentState::queued, IntentState::waiting,   IntentState::sending, IntentState::in_doubt,
    IntentState::sent,   IntentState::delivered, IntentState::held,    IntentState::cancelled};

/// A remote of its own beside a world, to be put into any condition.
struct Rig {
  SharedWorld world;
  SiteMachine machine{world, {}};
  net::Procore service{[] {
    net::ProcoreOptions options;
    options.api_url = "https://api.example";
    return options;
  }()};
  platform::FileSecretStore secrets{*world.files, machine.folder / "secrets"};
  net::TokenSource tokens{machine.host,
                          *machine.transport,
                          secrets,
                          base::null_log(),
                          [] {
                            net::OAuthApp app;
                            app.client_secret = base::Secret("s");
                            return app;
                          }(),
                          "x"};
  std::unique_ptr<storage::WorkStore> work = [this] {
    REQUIRE(world.files->make_folder(machine.folder / "explained").ok());
    auto opened = storage::WorkStore::open(machine.folder / "explained", {}, world.clock.wall());
    REQUIRE(opened.ok());
    return std::move(opened->store);
  }();
  sync::DataMeter data{world.clock, base::null_log(), *work, {}};
  sync::Remote remote{base::RemoteName("procore"),
                      service,
                      tokens,
                      data,
                      sync::LinkSense(platform::Random(1)),
                      net::RateGate(platform::Random(1)),
                      base::ServiceId("1"),
                      sync::Breakers(platform::Random(1))};
  base::WallTime now() const { return world.clock.wall(); }
};

void check_complete(const Explanation& why) {
  const base::CauseInfo& row = base::info(why.cause);
  CHECK_FALSE(row.sentence.empty());
  CHECK_FALSE(row.next_step.empty());
  CHECK_FALSE(why.evidence.empty());
}

template <typename Check>
void for_all_acts(const Check& check) {
  for (const Act act : kActs) {
    for (const IntentState state : kStates) {
      for (const base::CauseInfo& row : base::all_causes()) {
        CAPTURE(storage::name(act));
        CAPTURE(storage::name(state));
        CAPTURE(row.id);
        Intent intent;
        intent.id = base::IntentId(1);
        intent.kind = base::KindId("rfi");
        intent.project = base::ProjectId("2002");
        intent.act = act;
        intent.state = state;
        intent.cause = row.cause;
        check(intent);
      }
    }
  }
}

bool ends(IntentState state) {
  return state == IntentState::delivered || state == IntentState::cancelled;
}

bool goes_on_by_itself(IntentState state) {
  return state == IntentState::queued || state == IntentState::sending ||
         state == IntentState::in_doubt || state == IntentState::sent;
}

}  // namespace

TEST_CASE("why: each state, cause and act has cause, sentence, evidence and its next attempt") {
  Rig rig;
  for_all_acts([&](const Intent& intent) {
    const Explanation why = explain(intent, rig.remote, rig.now());
    check_complete(why);
    CHECK((why.cause == Cause::none) == ends(intent.state));
    CHECK(why.next_attempt.has_value() == goes_on_by_itself(intent.state));
    if (why.next_attempt) CHECK(*why.next_attempt >= rig.now());
  });
}

TEST_CASE("why: what holds up the whole remote is said of everything that would go on by itself") {
  struct Row {
    std::string description;
    std::function<void(Rig&)> hurt;
    Cause cause;
  };
  const std::vector<Row> rows = {
      {"the link is shut",
       [](Rig& rig) {
         rig.remote.link.failed({Cause::captive_portal, "a page"}, rig.now());
       },
       Cause::captive_portal},
      {"nobody is logged in", [](Rig& rig) { rig.tokens.set_client_secret(base::Secret()); },
       Cause::login_required},
      {"the budget is used up",
       [](Rig& rig) {
         for (int i = 0; i < 25; ++i) rig.remote.gate.sent(rig.now());
       },
       Cause::rate_limited},
      {"the rights cannot be read",
       [](Rig& rig) {
         rig.remote.rights_trouble[base::ProjectId("2002")] = {
             Failure{Cause::service_error, "HTTP 500"}, 3, rig.now() + base::Millis{9'000}};
       },
       Cause::service_error},
  };
  for (const Row& row : rows) {
    CAPTURE(row.description);
    Rig rig;
    row.hurt(rig);
    for_all_acts([&](const Intent& intent) {
      const Explanation why = explain(intent, rig.remote, rig.now());
      check_complete(why);
      if (goes_on_by_itself(intent.state)) CHECK(why.cause == row.cause);
    });
  }
}

TEST_CASE("why: an endpoint in trouble is said of what would go there next, and of nothing else") {
  Rig rig;
  const Failure trouble{Cause::service_error, "HTTP 500"};
  rig.remote.breakers.ended("push rfi create", &trouble, rig.now());
  for_all_acts([&](const Intent& intent) {
    const Explanation why = explain(intent, rig.remote, rig.now());
    const bool goes_there = intent.act == Act::create && (intent.state == IntentState::queued ||
                                                          intent.state == IntentState::sending);
    const bool says_so = why.evidence.find("failures in a row") != std::string::npos;
    CHECK(says_so == goes_there);
  });
}

TEST_CASE("why: each view state and each cause of its tool has an answer with since when") {
  for (const sync::ViewState state :
       {sync::ViewState::synced, sync::ViewState::queued, sync::ViewState::held,
        sync::ViewState::missing, sync::ViewState::gone}) {
    for (const base::CauseInfo& row : base::all_causes()) {
      for (const bool was_complete : {false, true}) {
        CAPTURE(sync::name(state));
        CAPTURE(row.id);
        sync::ViewRecord record;
        record.state = state;
        storage::ToolState tool;
        tool.cause = row.cause;
        if (was_complete) tool.complete_as_of = base::WallTime{base::Millis{1'790'000'000'000}};
        storage::Receipt receipt;
        receipt.number = 7;
        const Explanation why = explain(record, tool, receipt);
        check_complete(why);
        CHECK(why.evidence.find("receipt 7") != std::string::npos);
        check_complete(explain(record, std::nullopt, std::nullopt));
        record.presence = storage::Presence::in_question;
        CHECK(explain(record, tool, receipt).cause == Cause::mass_vanishing);
        check_complete(explain(record, tool, std::nullopt));
        if (state == sync::ViewState::synced && row.cause == Cause::none && was_complete) {
          CHECK(why.evidence.find("complete as of 2026-") != std::string::npos);
        }
        // One look that lacked a record is no proof that it is gone.
        CHECK((why.cause == Cause::record_gone) ==
              (state == sync::ViewState::gone ||
               (row.cause == Cause::record_gone && state != sync::ViewState::missing)));
      }
    }
  }
}

TEST_CASE("a photo that is under way is not said to wait for the data plan") {
  Rig rig;
  sync::DataPlan never;
  never.always.bytes_a_day = 0;
  sync::DataMeter data(rig.world.clock, base::null_log(), *rig.work, never);
  const sync::Remote remote{base::RemoteName("procore"),
                            rig.service,
                            rig.tokens,
                            data,
                            sync::LinkSense(platform::Random(1)),
                            net::RateGate(platform::Random(1)),
                            base::ServiceId("1"),
                            sync::Breakers(platform::Random(1))};
  Intent photo;
  photo.kind = base::KindId("photo");
  photo.state = IntentState::queued;
  photo.attachments = {{base::digest_of("p"), 1, "p.jpg", "image/jpeg"}};
  CHECK(explain(photo, remote, rig.now(), sync::Going::not_yet).cause == Cause::data_plan);
  CHECK(explain(photo, remote, rig.now(), sync::Going::under_way).cause == Cause::queued);
}

}  // namespace fieldsync::tests
