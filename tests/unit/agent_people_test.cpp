#include <doctest/doctest.h>

#include "net/sandbox/seed_people.h"
#include "tests/support/small_world.h"

// Several people on one machine: under whose login work goes out, and that nobody's login is in the
// way of another's work. The machine's own login is the service account's; the agent works for Fay.

using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;
using net::sandbox::kField;
using net::sandbox::kManager;
using net::sandbox::kService;
using tests::Mishap;
using tests::SmallWorld;

namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct PeoplesWorld : SmallWorld {
  base::Result<Document> give_login(const std::string& person, const std::string& code) {
    return try_call("login", {{"person", person}, {"code", code}});
  }
  void give_login(const std::string& person, std::int64_t user) {
    const Document minted = control(net::Method::post, "/code", {{"user", user}});
    const auto given = give_login(person, minted.text("code"));
    REQUIRE_MESSAGE(given.ok(), (given.ok() ? "" : given.failure().what));
  }
  void add_note(const std::string& author, const std::string& text) {
    call("add", {{"kind", "note"}, {"author", author}, {"fields", Document{{"comment", text}}}});
  }
  /// Whose the notes with this text are at the service, in the order they were made.
  std::vector<std::int64_t> makers_of(const std::string& text) {
    std::vector<std::int64_t> makers;
    for (const Value& row : records("note")) {
      const Document& note = *row.as_document();
      if (note.find("fields")->as_document()->text("comment") == text)
        makers.push_back(note.integer("author"));
    }
    return makers;
  }
  void deliver() { REQUIRE_MESSAGE(drain(), open_acts()); }
};

using Makers = std::vector<std::int64_t>;

bool makes_note(const net::HttpRequest& request) {
  return request.method == net::Method::post &&
         request.url.find("/notes_logs") != std::string::npos;
}

}  // namespace

TEST_CASE("what a person captures goes out under that person's own login") {
  PeoplesWorld world;
  world.give_login("ann", kManager);
  world.add_note("ann", "by Ann");
  world.call("add", {{"kind", "photo"},
                     {"author", "ann"},
                     {"files", List{world.stage("ann.jpg", "bytes of Ann's photo")}}});
  world.deliver();
  CHECK(world.makers_of("by Ann") == Makers{kManager});
  for (const Value& row : world.records("photo")) {
    const Document& photo = *row.as_document();
    const Document& fields = *photo.find("fields")->as_document();
    if (fields.text("filename") == "ann.jpg") CHECK(photo.integer("author") == kManager);
  }
  CHECK(world.at_service("photo", "filename", "ann.jpg") == 1);
}

TEST_CASE(
    "without an own login the author is named in the text, once, and the agent's own is not") {
  PeoplesWorld world;
  int lost = 0;
  world.transport->mishap = [&](const net::HttpRequest& request) {
    return makes_note(request) && ++lost <= 2 ? Mishap::lost_on_way : Mishap::none;
  };
  world.add_note("ben", "by Ben");
  world.add_note("Fay Super", "by Fay");
  world.deliver();
  CHECK(world.makers_of("by Ben\n(ben)") == Makers{kService});
  CHECK(world.makers_of("by Fay") == Makers{kService});
}

TEST_CASE("a config that leaves authors out leaves the text as it was written") {
  PeoplesWorld world;
  world.kill();
  world.config.remotes.front().author_names = app::AuthorNames::left_out;
  world.restart();
  world.add_note("ben", "by Ben");
  world.deliver();
  CHECK(world.makers_of("by Ben") == Makers{kService});
}

TEST_CASE("a capture whose answer was lost is found under the login it went out under") {
  PeoplesWorld world;
  world.give_login("ann", kManager);
  bool is_lost = false;
  world.transport->mishap = [&](const net::HttpRequest& request) {
    if (!makes_note(request) || is_lost) return Mishap::none;
    is_lost = true;
    return Mishap::lost_after;
  };
  world.add_note("ann", "by Ann");
  SUBCASE("while the person is logged in") {}
  SUBCASE("when the person has given the login up meanwhile") {
    world.loop.run_until([&] { return is_lost; }, minutes(5));
    world.call("logout", {{"person", "ann"}});
  }
  SUBCASE("after a crash") {
    world.loop.run_until([&] { return is_lost; }, minutes(5));
    world.crash_and_restart();
  }
  world.deliver();
  REQUIRE(is_lost);
  CHECK(world.makers_of("by Ann") == Makers{kManager});
  CHECK(world.makers_of("by Ann\n(ann)").empty());
}

TEST_CASE("one person's logout touches neither the others nor the machine, and strands nothing") {
  PeoplesWorld world;
  world.give_login("ann", kManager);
  world.give_login("ben", kField);
  world.call("logout", {{"person", "ann"}});
  world.add_note("ann", "by Ann");
  world.add_note("ben", "by Ben");
  world.add_note("Fay Super", "by Fay");
  world.deliver();
  CHECK(world.makers_of("by Ann\n(ann)") == Makers{kService});
  CHECK(world.makers_of("by Ben") == Makers{kField});
  CHECK(world.makers_of("by Fay") == Makers{kService});
}

TEST_CASE("an own login that is refused holds up that person's work only, and says whose it is") {
  PeoplesWorld world;
  world.give_login("ann", kManager);
  world.control(net::Method::post, "/revoke_tokens");
  world.add_note("ann", "by Ann");
  world.add_note("ben", "by Ben");
  world.run_for(hours(2));
  CHECK(world.makers_of("by Ben\n(ben)") == Makers{kService});
  CHECK(world.makers_of("by Ann").empty());
  const Document queue = world.call("queue");
  REQUIRE(queue.find("intents")->as_list()->size() == 1);
  const Document& act = *queue.find("intents")->as_list()->front().as_document();
  CHECK(act.text("cause") == "login_required");
  CHECK(act.text("evidence").find("own login of ann") != std::string::npos);
  SUBCASE("until the person logs in again") {
    world.give_login("ann", kManager);
    world.deliver();
    CHECK(world.makers_of("by Ann") == Makers{kManager});
  }
  SUBCASE("or gives the login up: then it goes out under the machine's") {
    world.call("logout", {{"person", "ann"}});
    world.deliver();
    CHECK(world.makers_of("by Ann\n(ann)") == Makers{kService});
  }
}

TEST_CASE("own logins are there again after a restart; a mistyped code changes none of them") {
  PeoplesWorld world;
  world.give_login("ann", kManager);
  CHECK_FALSE(world.give_login("ann", "no such code").ok());
  CHECK_FALSE(world.give_login("ben", "no such code").ok());
  world.crash_and_restart();
  world.add_note("ann", "by Ann");
  world.add_note("ben", "by Ben");
  world.deliver();
  CHECK(world.makers_of("by Ann") == Makers{kManager});
  CHECK(world.makers_of("by Ben\n(ben)") == Makers{kService});
  const auto answer = world.try_call("logout", {{"person", "ben"}});
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.failure().cause == base::Cause::not_found);
}
