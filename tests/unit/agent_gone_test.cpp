#include <doctest/doctest.h>

#include "platform/base/digest.h"
#include "tests/support/office.h"

// Work for records that were deleted at the service: kept, shown, and decided by a person.

using namespace fieldsync;
using namespace fieldsync::tests;
using base::Document;
using base::List;
using base::Value;

namespace {

/// An RFI that the office deletes while it is edited and replied to here with no link.
struct DeletedThere {
  SmallWorld world;
  std::string rfi;

  DeletedThere() {
    world.run_for(std::chrono::minutes(1));
    rfi = items_of(world, "rfi").front();
    world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
    world.call("edit", {{"item", rfi}, {"fields", Document{{"reference", "kept edit"}}}});
    world.call("reply", {{"item", rfi},
                         {"body", "kept reply"},
                         {"files", List{world.stage("reply.jpg", "bytes of the reply")}}});
    world.call("attach", {{"item", rfi}, {"files", List{world.stage("more.jpg", "more bytes")}}});
    office(world, "delete", rfi);
    world.transport->mishap = nullptr;
    believe_absence(world);
  }
  Document conflict() {
    const List found = conflicts_of(world);
    REQUIRE_MESSAGE(found.size() == 1, world.open_acts());
    return *found.front().as_document();
  }
  Document resolve(const std::string& take) {
    return world.call("resolve", {{"conflict", rfi}, {"take", take}});
  }
};

bool offers(const Document& conflict, const std::string& choice) {
  for (const Value& each : *conflict.find("choices")->as_list()) {
    if (each == Value(choice)) return true;
  }
  return false;
}

/// How many replies of the RFI have the text, as read back from the service.
int replies(SmallWorld& world, const std::string& rfi, const std::string& body) {
  const Document shown = world.call("show", {{"item", rfi}});
  const Value* list = shown.find("record")->as_document()->find("replies");
  int count = 0;
  for (const Value& each : list && list->as_list() ? *list->as_list() : List{}) {
    const Document& reply = *each.as_document();
    count += reply.text("body") == body && !reply.has("pending") ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("work for a record deleted there is kept whole and shown as one conflict") {
  DeletedThere there;
  const Document conflict = there.conflict();
  CHECK(conflict.text("cause") == "record_gone");
  CHECK(conflict.text("item") == there.rfi);
  CHECK(conflict.find("acts")->as_list()->size() == 3);
  for (const char* choice : {"restore", "new", "let-go"}) CHECK(offers(conflict, choice));
  CHECK(queue_count(there.world, "held") == 3);
  const Document why = there.world.call("why", {{"item", there.rfi}});
  for (const Value& each : *why.find("explanations")->as_list()) {
    CHECK(each.as_document()->text("cause") == "record_gone");
    CHECK(each.as_document()->text("owner") == "you");
  }
}

TEST_CASE("nothing of a record believed gone is asked or uploaded for work made afterwards") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string rfi = items_of(world, "rfi").front();
  office(world, "delete", rfi);
  believe_absence(world);
  world.transport->arrived.clear();
  world.call("attach", {{"item", rfi}, {"files", List{world.stage("late.jpg", "late bytes")}}});
  world.run_for(std::chrono::minutes(1));
  CHECK(queue_count(world, "held") == 1);
  for (const std::string& line : world.transport->arrived) {
    CHECK(line.find("uploads") == std::string::npos);
    CHECK(line.find(rfi.substr(4)) == std::string::npos);
  }
}

TEST_CASE("restore takes the record out of the bin and all work goes on, with receipts") {
  DeletedThere there;
  there.resolve("restore");
  REQUIRE_MESSAGE(there.world.drain(), there.world.open_acts());
  CHECK(there.world.at_service("rfi", "reference", "kept edit") == 1);
  CHECK(replies(there.world, there.rfi, "kept reply") == 1);
  CHECK(state_of(there.world, there.rfi) == "synced");
  const Document receipts = there.world.call("receipts", {{"item", there.rfi}});
  CHECK(receipts.find("receipts")->as_list()->size() == 4);
  CHECK(there.world.control(net::Method::get, "/verdict").find("doubled")->as_list()->empty());
}

TEST_CASE("a bin that refuses says so, and the other ways remain") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  set_level(world, "rfi", 2);
  const std::string rfi = items_of(world, "rfi").front();
  world.call("sync");
  world.run_for(std::chrono::hours(2));  // the lower level is known
  office(world, "delete", rfi);
  believe_absence(world);
  believe_absence(world);
  world.call("reply", {{"item", rfi}, {"body", "to a deleted one"}});
  world.run_for(std::chrono::minutes(1));
  world.call("resolve", {{"conflict", rfi}, {"take", "restore"}});
  world.run_for(std::chrono::minutes(5));
  Document conflict;
  for (const Value& each : conflicts_of(world)) {
    if (each.as_document()->text("cause") == "record_gone") conflict = *each.as_document();
  }
  REQUIRE(conflict.text("item") == rfi);
  CHECK_FALSE(offers(conflict, "restore"));
  CHECK(offers(conflict, "let-go"));
  bool told = false;
  for (const Value& each : *conflict.find("acts")->as_list()) {
    const Document& act = *each.as_document();
    told = told || (act.text("action") == "restore" && act.text("cause") == "permission_missing");
  }
  CHECK(told);
  world.call("resolve", {{"conflict", rfi}, {"take", "let-go"}});
  CHECK(queue_count(world, "open") == 0);
}

TEST_CASE("sent as new: the person's view becomes a new record, replies and files with it") {
  DeletedThere there;
  const Document answer = there.resolve("new");
  const std::string made = answer.text("item");
  CHECK(made != there.rfi);
  REQUIRE_MESSAGE(there.world.drain(), there.world.open_acts());
  CHECK(there.world.at_service("rfi", "reference", "kept edit") == 1);
  CHECK(replies(there.world, made, "kept reply") == 1);
  const Document shown = there.world.call("show", {{"item", made}});
  const Document& record = *shown.find("record")->as_document();
  CHECK(record.find("replies")->as_list()->size() == 1);
  CHECK(record.find("attachments")->as_list()->front().as_document()->text("name") == "more.jpg");
  const Document all = there.world.queue();
  std::int64_t cancelled = 0;
  for (const Value& row : *all.find("intents")->as_list()) {
    cancelled += row.as_document()->text("state") == "cancelled" ? 1 : 0;
  }
  CHECK(cancelled == 3);
}

TEST_CASE("let go cancels the work, which stays in the history") {
  DeletedThere there;
  there.resolve("let-go");
  CHECK(queue_count(there.world, "open") == 0);
  CHECK(conflicts_of(there.world).empty());
  const Document all = there.world.queue();
  CHECK(all.find("intents")->as_list()->size() == 3);
  const auto evidence = all.find("intents")->as_list()->front().as_document()->text("evidence");
  CHECK(evidence.find("let go by Fay Super") != std::string::npos);
}

TEST_CASE("each of the three decisions is undone while it is not sent, also after a restart") {
  for (const char* take : {"restore", "new", "let-go"}) {
    CAPTURE(take);
    DeletedThere there;
    const Document before = there.conflict();
    there.world.transport->mishap = [](const net::HttpRequest&) { return Mishap::lost_before; };
    there.resolve(take);
    there.world.run_for(std::chrono::minutes(1));
    there.world.crash_and_restart();
    const Document undone =
        there.world.call("resolve", {{"conflict", there.rfi}, {"undo", Value(true)}});
    CHECK(undone.text("undone") == take);
    there.world.transport->mishap = nullptr;
    there.world.run_for(std::chrono::minutes(10));
    const Document after = there.conflict();
    CHECK(after.find("acts")->as_list()->size() == before.find("acts")->as_list()->size());
    CHECK(there.world.at_service("rfi", "reference", "kept edit") == 0);
    there.resolve("new");
    REQUIRE_MESSAGE(there.world.drain(), there.world.open_acts());
    CHECK(there.world.at_service("rfi", "reference", "kept edit") == 1);
  }
}

TEST_CASE("a decision that was sent cannot be undone, nor one whose work was changed since") {
  DeletedThere there;
  const std::string made = there.resolve("new").text("item");
  there.world.call("reply", {{"item", made}, {"body", "a later reply"}});
  const Document undo{{"conflict", there.rfi}, {"undo", Value(true)}};
  CHECK(there.world.try_call("resolve", undo).failure().cause == base::Cause::bad_input);
  REQUIRE_MESSAGE(there.world.drain(), there.world.open_acts());
  CHECK(there.world.try_call("resolve", undo).failure().cause == base::Cause::refused_by_service);
  CHECK(replies(there.world, made, "a later reply") == 1);
}

TEST_CASE("a record that comes back with its id is taken back and held work goes on by itself") {
  DeletedThere there;
  CHECK(state_of(there.world, there.rfi) == "held");
  office(there.world, "restore", there.rfi);
  there.world.call("sync", {{"full", Value(true)}});
  REQUIRE_MESSAGE(there.world.drain(), there.world.open_acts());
  CHECK(there.world.at_service("rfi", "reference", "kept edit") == 1);
  CHECK(replies(there.world, there.rfi, "kept reply") == 1);
  CHECK(conflicts_of(there.world).empty());
  CHECK(state_of(there.world, there.rfi) == "synced");
}

TEST_CASE("a reply whose answer and whose record were lost is looked for when the record is back") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  const std::string rfi = items_of(world, "rfi").front();
  bool lost = false;
  world.transport->mishap = [&](const net::HttpRequest& request) {
    if (request.method != net::Method::post || lost) return Mishap::none;
    lost = true;
    office(world, "delete", rfi);
    office(world, "restore", rfi);
    return Mishap::lost_after;
  };
  world.call("reply", {{"item", rfi}, {"body", "only once"}});
  world.loop.run_until([&] { return lost; }, std::chrono::minutes(5));
  office(world, "delete", rfi);
  world.run_for(std::chrono::minutes(10));
  CHECK(queue_count(world, "held") == 1);
  office(world, "restore", rfi);
  world.call("sync", {{"full", Value(true)}});
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(replies(world, rfi, "only once") == 1);
}

TEST_CASE("photos, notes and drawings deleted there are gone after two complete lists, not one") {
  for (const std::string kind : {"photo", "note", "drawing"}) {
    CAPTURE(kind);
    SmallWorld world;
    world.run_for(std::chrono::minutes(1));
    const auto items = items_of(world, kind);
    REQUIRE(items.size() > 1);
    const std::string item = items.front();
    office(world, "delete", item);
    list_everything(world);
    CHECK(state_of(world, item) == "missing");
    list_everything(world);
    CHECK(state_of(world, item) == "gone");
    CHECK(state_of(world, items.back()) == "synced");
    office(world, "restore", item);
    list_everything(world);
    CHECK(state_of(world, item) == "synced");
  }
}
