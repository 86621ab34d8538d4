#include <doctest/doctest.h>

#include "net/sandbox/seed_people.h"
#include "platform/base/digest.h"
#include "tests/support/office.h"

// What people hold back or have done over, and projects that were taken away.

using namespace fieldsync;
using namespace fieldsync::tests;
using base::Document;
using base::List;
using base::Value;

namespace {

void set_member(SmallWorld& world, bool member) {
  world.control(net::Method::post, "/office",
                {{"do", "set_member"},
                 {"project", net::sandbox::kProject},
                 {"user", net::sandbox::kService},
                 {"member", Value(member)}});
}

std::size_t calls_since_cleared(SmallWorld& world, const std::string& part) {
  std::size_t calls = 0;
  for (const std::string& line : world.transport->arrived) {
    calls += line.find(part) != std::string::npos ? 1 : 0;
  }
  return calls;
}

Document first_explanation(SmallWorld& world, const std::string& item) {
  const Document why = world.call("why", {{"item", item}});
  return *why.find("explanations")->as_list()->front().as_document();
}

}  // namespace

TEST_CASE("what a person holds stays here whatever happens, and goes out when it is let go") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string rfi = items_of(world, "rfi").front();
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  world.call("edit", {{"item", rfi}, {"fields", Document{{"reference", "held"}}}});
  world.call("reply", {{"item", rfi}, {"body", "held too"}});
  CHECK(world.call("hold", {{"item", rfi}}).integer("held") == 2);
  world.transport->mishap = nullptr;
  world.call("retry");  // of everything: not of what is held on purpose
  world.run_for(std::chrono::hours(3));
  CHECK(queue_count(world, "held") == 2);
  CHECK(first_explanation(world, rfi).text("cause") == "held_by_person");
  CHECK(world.at_service("rfi", "reference", "held") == 0);
  world.crash_and_restart();
  world.call("retry", {{"item", rfi}});
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(world.at_service("rfi", "reference", "held") == 1);
}

TEST_CASE("an edit made while a push waits for a new token is not lost") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
  world.run_for(std::chrono::hours(2));  // the token is too old by now
  const Document added =
      world.call("add", {{"kind", "note"}, {"fields", Document{{"comment", "first"}}}});
  const std::string note = added.find("items")->as_list()->front().as_document()->text("id");
  int renewals = 0;
  world.transport->mishap = [&](const net::HttpRequest& request) {
    if (!request.url.ends_with("/oauth/token")) return Mishap::none;
    ++renewals;
    world.call("edit", {{"item", note}, {"fields", Document{{"comment", "the last word"}}}});
    return Mishap::none;
  };
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(renewals == 1);
  CHECK(world.at_service("note", "comment", "the last word") == 1);
  CHECK(world.at_service("note", "comment", "first") == 0);
}

TEST_CASE("a caption edited while its photo is being uploaded survives the upload's failure") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  std::string photo;
  bool edited = false;
  world.transport->mishap = [&](const net::HttpRequest& request) {
    if (photo.empty() || request.url.find("uploads") == std::string::npos || edited) {
      return Mishap::none;
    }
    edited = true;
    world.call("edit", {{"item", photo}, {"fields", Document{{"description", "the last word"}}}});
    return Mishap::lost_before;
  };
  const Document added = world.call("add", {{"kind", "photo"},
                                            {"fields", Document{{"description", "first"}}},
                                            {"files", List{world.stage("p.jpg", "some bytes")}}});
  photo = added.find("items")->as_list()->front().as_document()->text("id");
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(edited);
  CHECK(world.at_service("photo", "description", "the last word") == 1);
}

TEST_CASE("resync reads a record again although its stamp did not change") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string rfi = items_of(world, "rfi").front();
  // A reply does not change the RFI's stamp (facts 5.3): no round of changes shows it.
  world.control(net::Method::post, "/office",
                {{"do", "reply"}, {"rfi", number_in(rfi)}, {"body", "unseen reply"}});
  world.call("sync");
  world.run_for(std::chrono::seconds(20));
  const auto sees_it = [&] {
    const Document shown = world.call("show", {{"item", rfi}});
    const Value* replies = shown.find("record")->as_document()->find("replies");
    for (const Value& reply : replies ? *replies->as_list() : List{}) {
      if (reply.as_document()->text("body") == "unseen reply") return true;
    }
    return false;
  };
  CHECK_FALSE(sees_it());
  for (const std::string& what : {rfi, std::string("rfis")}) {
    world.call("resync", {{"what", what}});
    world.run_for(std::chrono::minutes(5));
    CHECK(sees_it());
  }
}

TEST_CASE("resync sends again what was refused, and leaves what waits for a person's word") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  world.control(net::Method::patch, "/settings", {{"standard_open_rfi", "refuse"}});
  set_level(world, "rfi", 2);
  const Document added = world.call(
      "add", {{"kind", "rfi"}, {"fields", Document{{"subject", "refused"}, {"question", "Q?"}}}});
  const std::string item = added.find("items")->as_list()->front().as_document()->text("id");
  const std::string rfi = items_of(world, "rfi").back();
  world.call("reply", {{"item", rfi}, {"body", "kept back"}});
  world.call("hold", {{"item", rfi}});
  world.run_for(std::chrono::minutes(10));
  REQUIRE_MESSAGE(queue_count(world, "held") == 2, world.open_acts());
  world.control(net::Method::patch, "/settings", {{"standard_open_rfi", "draft"}});
  const Document again = world.call("resync", {{"what", std::to_string(net::sandbox::kProject)}});
  CHECK(again.integer("acts") == 1);
  world.run_for(std::chrono::hours(1));
  CHECK(world.at_service("rfi", "subject", "refused") == 1);
  CHECK(first_explanation(world, rfi).text("cause") == "held_by_person");
}

TEST_CASE("work of a project that was taken away is sealed, explained, and resumes by itself") {
  for (const int status : {403, 404}) {
    CAPTURE(status);
    SmallWorld world;
    world.control(net::Method::patch, "/settings", {{"project_gone_status", status}});
    world.run_for(std::chrono::minutes(1));
    const std::string rfi = items_of(world, "rfi").front();
    set_member(world, /*member=*/false);
    world.call(
        "reply",
        {{"item", rfi}, {"body", "sealed"}, {"files", List{world.stage("r.jpg", "sealed bytes")}}});
    world.call("add", {{"kind", "note"}, {"fields", Document{{"comment", "sealed note"}}}});
    world.run_for(std::chrono::minutes(30));
    CHECK(queue_count(world, "held") == 2);
    const Document why = first_explanation(world, rfi);
    CHECK(why.text("cause") == "project_gone");
    CHECK(why.text("owner") == "project admin");
    // Nothing is tried, but for one reading of the rights an hour.
    world.transport->arrived.clear();
    world.run_for(std::chrono::hours(5));
    CHECK(calls_since_cleared(world, "/rest/") <= 6);
    CHECK(calls_since_cleared(world, "/rest/") >= 4);
    set_member(world, /*member=*/true);
    REQUIRE_MESSAGE(world.drain(std::chrono::hours(3)), world.open_acts());
    CHECK(world.at_service("note", "comment", "sealed note") == 1);
  }
}

TEST_CASE("acts in doubt or unproven in a project taken away are not tried, and settle later") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  bool lost = false;
  world.transport->mishap = [&](const net::HttpRequest& request) {
    if (request.method != net::Method::post || lost) return Mishap::none;
    lost = true;
    set_member(world, /*member=*/false);
    return Mishap::lost_after;
  };
  set_member(world, /*member=*/true);
  world.call("add", {{"kind", "note"}, {"fields", Document{{"comment", "in doubt"}}}});
  world.run_for(std::chrono::hours(1));
  world.transport->arrived.clear();
  world.run_for(std::chrono::hours(5));
  CHECK(calls_since_cleared(world, "/rest/") <= 6);
  CHECK(queue_count(world, "open") == 1);
  set_member(world, /*member=*/true);
  REQUIRE_MESSAGE(world.drain(std::chrono::hours(3)), world.open_acts());
  CHECK(world.at_service("note", "comment", "in doubt") <= 1);
}
