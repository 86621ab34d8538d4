#include <doctest/doctest.h>

#include <string>

#include "agent/sync/plan/planner.h"
#include "agent/sync/plan/tuning.h"

using namespace fieldsync;
using storage::Act;
using storage::IntentState;
using sync::IntentFacts;
using sync::Plan;
using sync::Situation;
using sync::StepKind;

namespace {

constexpr base::WallTime kNow{base::Millis{1'800'000'000'000}};

IntentFacts intent(std::int64_t id, IntentState state, const std::string& kind = "rfi") {
  IntentFacts facts;
  facts.intent.id = base::IntentId(id);
  facts.intent.item = base::RecordId(kind + "-n" + std::to_string(id));
  facts.intent.kind = base::KindId(kind);
  facts.intent.project = base::ProjectId("2002");
  facts.intent.state = state;
  facts.intent.changed_at = kNow - sync::tuning::kSettle;
  return facts;
}

IntentFacts photo(std::int64_t id, IntentState state, IntentFacts::Uploads uploads) {
  IntentFacts facts = intent(id, state, "photo");
  facts.intent.attachments.emplace_back();
  facts.uploads = uploads;
  facts.proof = IntentFacts::Proof::by_list;
  return facts;
}

sync::ToolFacts tool(const std::string& name, base::WallTime next_poll) {
  sync::ToolFacts facts;
  facts.state.project = base::ProjectId("2002");
  facts.state.tool = name;
  facts.state.next_poll = next_poll;
  return facts;
}

Situation calm() {
  Situation s;
  s.now = kNow;
  s.link = sync::LinkState::open;
  s.login = net::LoginState::ready;
  return s;
}

std::string shape(const Plan& plan) {
  std::string text;
  for (const sync::Step& step : plan.steps) {
    text += (text.empty() ? "" : " ") + std::string(name(step.kind));
    if (step.intent.raw() != 0) text += std::to_string(step.intent.raw());
    if (!step.tool.empty()) text += ":" + step.tool;
  }
  return text;
}

}  // namespace

TEST_CASE("each state of an intent has its one next step") {
  struct Row {
    const char* description;
    IntentFacts facts;
    const char* expected;
  };
  IntentFacts stale_tool = intent(1, IntentState::queued);
  stale_tool.intent.act = Act::edit;
  stale_tool.sight = IntentFacts::Sight::stale_tool;
  IntentFacts stale_record = stale_tool;
  stale_record.sight = IntentFacts::Sight::stale_record;
  IntentFacts fresh = stale_tool;
  fresh.sight = IntentFacts::Sight::fresh;
  const Row rows[] = {
      {"a create is sent", intent(1, IntentState::queued), "push1"},
      {"an edit first looks at its tool", stale_tool, "pull:rfis"},
      {"an edit of a half-known record first looks at it", stale_record, "show1"},
      {"an edit with a fresh view is sent", fresh, "push1"},
      {"a write in doubt is looked for", intent(1, IntentState::in_doubt), "look_up1"},
      {"a delivery is proved by a look", intent(1, IntentState::sent), "prove1"},
      {"a photo's bytes go first", photo(1, IntentState::queued, IntentFacts::Uploads::missing),
       "upload1"},
      {"then the photo", photo(1, IntentState::queued, IntentFacts::Uploads::ready), "push1"},
      {"the last photo is proved by its list",
       photo(1, IntentState::sent, IntentFacts::Uploads::none), "pull:photos"},
      {"held waits for a person", intent(1, IntentState::held), ""},
      {"waiting waits for another", intent(1, IntentState::waiting), ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.description);
    Situation s = calm();
    s.intents = {row.facts};
    CHECK(shape(plan(s)) == row.expected);
  }
}

TEST_CASE("a doubt is looked into when a late effect can no longer come, however often asked") {
  const auto soon = kNow + sync::tuning::kSettle - base::Millis{1};
  struct Row {
    const char* description;
    base::WallTime changed_at, started;
    std::optional<base::WallTime> wake;
  };
  const Row rows[] = {
      {"long ago", kNow - base::Millis{60'000}, {}, std::nullopt},
      {"just now", kNow - base::Millis{1}, {}, soon},
      {"long ago, by a process that ended just now", kNow - base::Millis{60'000},
       kNow - base::Millis{1}, soon},
      {"before the clock was set back", kNow + base::Millis{60'000}, kNow - base::Millis{1}, soon},
  };
  for (const Row& row : rows) {
    CAPTURE(row.description);
    Situation s = calm();
    s.intents = {intent(1, IntentState::in_doubt)};
    s.intents[0].intent.changed_at = row.changed_at;
    // The service's own stamp says nothing here.
    s.intents[0].intent.sending_since = kNow - base::Millis{60'000};
    s.started = row.started;
    const Plan made = plan(s);
    CHECK(shape(made) == (row.wake ? "" : "look_up1"));
    if (row.wake) CHECK(made.wake == row.wake);
  }
}

TEST_CASE("small edits overtake photos") {
  Situation s = calm();
  s.intents = {photo(1, IntentState::queued, IntentFacts::Uploads::missing),
               intent(2, IntentState::queued)};
  CHECK(shape(plan(s)) == "push2 upload1");
}

TEST_CASE("a step under way is not planned a second time") {
  Situation s = calm();
  s.intents = {intent(1, IntentState::queued)};
  s.busy = {sync::item_key(s.intents[0].intent.item)};
  CHECK(plan(s).steps.empty());
}

TEST_CASE("two acts of one record are never under way together") {
  Situation s = calm();
  IntentFacts second = intent(2, IntentState::queued);
  second.intent.item = base::RecordId("rfi-n1");
  s.intents = {intent(1, IntentState::queued), second};
  CHECK(shape(plan(s)) == "push1");
}

TEST_CASE("no more calls are planned than may be under way") {
  Situation s = calm();
  for (int i = 1; i <= 20; ++i) s.intents.push_back(intent(i, IntentState::queued));
  CHECK(plan(s).steps.size() == static_cast<std::size_t>(sync::tuning::kCallsAtOnce));
  s.calls_in_flight = sync::tuning::kCallsAtOnce;
  CHECK(plan(s).steps.empty());
}

TEST_CASE("while the link is shut nothing leaves until its probe is due, and then only that") {
  Situation s = calm();
  s.link = sync::LinkState::shut;
  s.link_may_send = false;
  s.link_retry_at = kNow + base::Millis{5'000};
  s.intents = {intent(1, IntentState::queued), intent(2, IntentState::queued)};
  Plan waiting = plan(s);
  CHECK(waiting.steps.empty());
  CHECK(waiting.wake == s.link_retry_at);
  s.link_may_send = true;
  CHECK(shape(plan(s)) == "probe");
  s.calls_in_flight = 1;
  CHECK(plan(s).steps.empty());
}

TEST_CASE("a file on its way, which may take an hour, keeps no shut link from being probed") {
  Situation s = calm();
  s.link = sync::LinkState::shut;
  s.link_may_send = true;
  s.uploads_in_flight = 1;
  s.downloads_in_flight = 1;
  CHECK(shape(plan(s)) == "probe");
  s.calls_in_flight = 1;
  CHECK(shape(plan(s)).empty());
}

TEST_CASE("an endpoint in trouble waits, then lets one probe through, and stops no other") {
  Situation s = calm();
  s.intents = {intent(1, IntentState::queued), intent(2, IntentState::queued),
               intent(3, IntentState::queued, "note"), intent(4, IntentState::in_doubt)};
  const std::string endpoint = sync::endpoint_of(s.intents[0].intent);
  CHECK(endpoint == "push rfi create");
  s.shut_endpoints[endpoint] = kNow + base::Millis{5'000};
  const Plan held_back = plan(s);
  CHECK(shape(held_back) == "push3 look_up4");
  CHECK(held_back.wake == kNow + base::Millis{5'000});
  s.shut_endpoints[endpoint] = kNow;
  CHECK(shape(plan(s)) == "push1 push3 look_up4");
  s.busy_endpoints = {endpoint};
  CHECK(shape(plan(s)) == "push3 look_up4");
}

TEST_CASE("without a login nothing is planned, and with a closed budget it waits") {
  Situation s = calm();
  s.intents = {intent(1, IntentState::queued)};
  for (const net::LoginState none :
       {net::LoginState::refused, net::LoginState::paused, net::LoginState::logged_out}) {
    s.login = none;
    CHECK(plan(s).steps.empty());
    CHECK_FALSE(plan(s).wake.has_value());
  }
  s.login = net::LoginState::ready;
  s.gate_opens = kNow + base::Millis{1};
  const Plan closed = plan(s);
  CHECK(closed.steps.empty());
  CHECK(closed.wake == s.gate_opens);
}

TEST_CASE("deliveries are proved together while more are coming, but not for ever") {
  Situation s = calm();
  s.intents = {photo(1, IntentState::sent, IntentFacts::Uploads::none),
               photo(2, IntentState::queued, IntentFacts::Uploads::missing)};
  CHECK(shape(plan(s)) == "upload2");
  s.now = kNow + sync::tuning::kReadBackPatience;
  CHECK(shape(plan(s)) == "pull:photos upload2");
}

TEST_CASE("a tool whose rounds fail is not asked again before its time, even for an edit") {
  Situation s = calm();
  sync::ToolFacts failing = tool("rfis", kNow + base::Millis{60'000});
  failing.state.attempts = 2;
  s.tools = {failing};
  IntentFacts edit = intent(1, IntentState::queued);
  edit.intent.act = Act::edit;
  edit.sight = IntentFacts::Sight::stale_tool;
  s.intents = {edit};
  const Plan held_back = plan(s);
  CHECK(held_back.steps.empty());
  CHECK(held_back.wake == failing.state.next_poll);
}

TEST_CASE("rounds run when they are due and name their time when they are not") {
  Situation s = calm();
  s.tools = {tool("rfis", kNow), tool("photos", kNow + base::Millis{9'000})};
  const Plan rounds = plan(s);
  CHECK(shape(rounds) == "pull:rfis");
  CHECK(rounds.wake == kNow + base::Millis{9'000});
}

namespace {

IntentFacts captured(std::int64_t id, IntentFacts::Uploads uploads, base::ByteCount bytes = 0) {
  IntentFacts facts = photo(id, IntentState::queued, uploads);
  facts.bytes_left = bytes;
  return facts;
}

Situation with_hour(int remaining) {
  Situation s = calm();
  s.hour = sync::HourBudget{600, remaining, kNow + std::chrono::minutes(60)};
  return s;
}

}  // namespace

TEST_CASE("the hour's last calls are for people and for news of drawings") {
  using Uploads = IntentFacts::Uploads;
  const auto all = [](int remaining) {
    Situation s = with_hour(remaining);
    s.intents = {intent(1, IntentState::queued), captured(2, Uploads::ready),
                 captured(3, Uploads::missing)};
    s.tools = {tool("drawings", {}), tool("rfis", {})};
    return plan(s);
  };
  CHECK(shape(all(70)) == "push1 pull:drawings push2 pull:rfis upload3");
  // Each that goes leaves one less: six were to spare, an upload needs three to its end.
  CHECK(shape(all(66)) == "push1 pull:drawings push2 pull:rfis");
  const Plan last = all(60);
  CHECK(shape(last) == "push1 pull:drawings");
  CHECK(last.wake == kNow + sync::tuning::kKeptLook);
}

TEST_CASE("less is kept the nearer the hour's end is, and of a small limit a fifth") {
  const auto kept = [](int limit, int minutes) {
    return sync::kept_for_people({limit, limit, kNow + std::chrono::minutes(minutes)}, kNow);
  };
  CHECK(kept(600, 60) == 60);
  CHECK(kept(3'600, 60) == 60);
  CHECK(kept(100, 60) == 20);
  CHECK(kept(600, 30) == 30);
  CHECK(kept(600, 0) == 0);
}

TEST_CASE("an upload in hurry or wanted now goes first, also with calls that are kept") {
  using Uploads = IntentFacts::Uploads;
  Situation s = with_hour(60);
  s.intents = {captured(1, Uploads::missing), captured(2, Uploads::missing),
               captured(3, Uploads::ready), captured(4, Uploads::missing)};
  s.intents[1].haste = sync::Haste::hurry;
  s.intents[2].haste = sync::Haste::hurry;
  s.intents[3].haste = sync::Haste::urgent;
  CHECK(shape(plan(s)) == "push3 upload4 upload2");
  s.hour.reset();
  CHECK(shape(plan(s)) == "push3 upload4 upload2 upload1");
  s.uploads_in_flight = sync::tuning::kUploadsAtOnce;
  CHECK(shape(plan(s)) == "push3 upload4");
}

TEST_CASE("no upload is created that could not begin within its time") {
  using Uploads = IntentFacts::Uploads;
  Situation s = calm();
  s.start_within = std::chrono::hours(1);
  s.bytes_per_second = 100'000;  // 360 MB an hour, 270 MB in three quarters of it
  s.intents = {captured(1, Uploads::missing, 200'000'000),
               captured(2, Uploads::missing, 80'000'000), captured(3, Uploads::missing, 1'000)};
  CHECK(shape(plan(s)) == "upload1 upload2");
  s.intents[1].bytes_left = 60'000'000;
  CHECK(shape(plan(s)) == "upload1 upload2 upload3");
  // The one under way counts as well.
  s.busy = {sync::item_key(s.intents[0].intent.item)};
  s.intents[0].bytes_left = 280'000'000;
  CHECK(shape(plan(s)) == "");
  s.intents[2].haste = sync::Haste::urgent;
  CHECK(shape(plan(s)) == "upload3");
  s.intents[2].haste = sync::Haste::none;
  s.start_within = {};
  CHECK(shape(plan(s)) == "upload2 upload3");
}

TEST_CASE("what the data plan keeps back waits until it is looked at again; the rest goes") {
  using Uploads = IntentFacts::Uploads;
  Situation s = calm();
  s.files = Situation::Files::wait;
  s.files_look_at = kNow + base::Millis{900'000};
  s.intents = {intent(1, IntentState::queued), captured(2, Uploads::missing),
               captured(3, Uploads::ready), captured(4, Uploads::missing)};
  s.intents[3].haste = sync::Haste::urgent;
  s.downloads.emplace_back();
  const Plan made = plan(s);
  CHECK(shape(made) == "push1 push3 upload4");
  CHECK(made.wake == s.files_look_at);
}

TEST_CASE("where machines take turns one call leaves at a time") {
  Situation s = calm();
  s.turns = Situation::Turns::one_by_one;
  for (int i = 1; i <= 3; ++i) s.intents.push_back(intent(i, IntentState::queued));
  CHECK(shape(plan(s)) == "push1");
  s.calls_in_flight = 1;
  CHECK(shape(plan(s)).empty());
}
