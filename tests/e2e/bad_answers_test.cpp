#include "platform/base/json.h"
#include "tests/support/site.h"

// What a service, a proxy or a portal may answer instead of what was asked for.

namespace fieldsync::tests {
namespace {

struct BadAnswer {
  std::string what;
  Document fault;
};

Document always(Document fault, const std::string& match) {
  fault.set("match", match);
  fault.set("regex", Value(true));
  fault.set("origin", "api");
  fault.set("count", -1);
  return fault;
}

Document answer(int status, const std::string& body) {
  return {{"action", "status"}, {"status", status}, {"body", body}};
}

std::vector<BadAnswer> bad_answers() {
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "[";
  return {
      {"a portal's page with status 200", {{"action", "login_page"}}},
      {"a number where a list belongs", answer(200, "7")},
      {"an object where a list belongs", answer(200, "{\"id\":\"none\"}")},
      {"records without an id", answer(200, "[{\"subject\":\"no id\"},{\"comment\":1}]")},
      {"a date that is none",
       answer(200, "[{\"id\":1,\"updated_at\":\"2026-13-45T99:00:00Z\",\"date\":\"soon\"}]")},
      {"JSON nested ten thousand deep", answer(200, deep)},
      {"an answer cut in its body", {{"action", "cut_in_body"}}},
      {"half of the JSON in a whole answer", {{"action", "truncate"}}},
      {"500", {{"action", "status"}, {"status", 500}, {"shape", "message"}}},
      {"429 in plain text", answer(429, "You have surpassed the max number of requests.")},
      {"503", {{"action", "status"}, {"status", 503}, {"shape", "empty"}}},
      {"502 with a page", {{"action", "status"}, {"status", 502}}},
      {"40 MB", answer(200, "[" + std::string(12'000'000, ' ') + "]x")},
  };
}

/// The causes of all tools, as status tells them; the link's too.
std::string causes(const Document& status) {
  std::string all = part(status, "link").text("cause");
  for (const Value& project : list_in(status, "projects")) {
    for (const Value& tool : list_in(*project.as_document(), "tools")) {
      const std::string cause = tool.as_document()->text("cause");
      if (cause != "none") all += " " + cause;
    }
  }
  return all;
}

}  // namespace

TEST_CASE(
    "whatever the service answers to a look, the agent lives, says the cause, loses nothing "
    "and goes on") {
  SiteOptions options;
  options.tools = "notes";
  Site site(options);
  site.begin();
  const auto records = [&] {
    return list_in(*list_in(site.status(), "projects").front().as_document(), "tools")
        .front()
        .as_document()
        ->integer("records");
  };
  const auto before = records();
  REQUIRE(before > 0);
  for (const BadAnswer& bad : bad_answers()) {
    CAPTURE(bad.what);
    need(site.service().post("/faults", always(bad.fault, "^GET .*/notes_logs")));
    site.must({"sync"});
    site.until("a cause of: " + bad.what, [&] { return !causes(site.status()).empty(); });
    CHECK(site.place().agent_runs());
    CHECK(records() == before);
    need(site.service().clear_faults());
    need(site.service().post("/forget_rates", {}));
    site.must({"retry"});
    site.must({"sync"});
    site.until(
        "a whole round after: " + bad.what,
        [&] {
          site.must({"retry"});
          return causes(site.status()).empty();
        },
        Millis{60'000});
  }
}

TEST_CASE(
    "whatever the service answers to a create, the note is explained while it waits and "
    "delivered once at the end") {
  SiteOptions options;
  options.tools = "notes";
  Site site(options);
  site.begin();
  std::vector<Capture> captures;
  for (const BadAnswer& bad : bad_answers()) {
    CAPTURE(bad.what);
    need(site.service().post("/faults", always(bad.fault, "^POST .*/notes_logs")));
    captures.push_back(site.add_note("a note against: " + bad.what + "."));
    const std::string item = captures.back().item;
    std::string why;
    site.until("an explanation of: " + bad.what, [&] {
      const Said said = site.must({"why", item});
      const List& explanations = list_in(said.document(), "explanations");
      if (explanations.empty()) return false;
      const Document& first = *explanations.front().as_document();
      why = first.text("cause");
      return !why.empty() && why != "queued" && why != "none";
    });
    CHECK(site.place().agent_runs());
    need(site.service().clear_faults());
    need(site.service().post("/forget_rates", {}));
  }
  site.until(
      "all notes delivered",
      [&] {
        site.must({"retry"});
        return site.queue_counts().integer("open") == 0;
      },
      Millis{120'000});
  const trial::Score score = trial::count_score(site.truth(), captures, {});
  for (const std::string& fault : score.faults) FAIL_CHECK(fault);
  CHECK(score.once == score.made);
}

}  // namespace fieldsync::tests
