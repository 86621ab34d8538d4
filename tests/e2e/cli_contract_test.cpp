#include "agent/try/scenario.h"
#include "tests/support/site.h"

// What `--json` prints has the fields that are documented (README, "Command line"): scripts and the
// desk stand on them.

namespace fieldsync::tests {
namespace {

void check_fields(const Document& row, const std::vector<std::string>& names) {
  for (const std::string& name : names) CHECK_MESSAGE(row.has(name), "missing: " << name);
}

}  // namespace

TEST_CASE("queue, status, list, show, why and receipts print the documented fields") {
  Site site;
  site.begin();
  site.link(SandboxControl::Link::down);

  const Said added = site.must({"add", "note", "A note for the contract"});
  check_fields(added.document(), {"id", "kind", "project"});
  const std::string item = added.document().text("id");
  CHECK(item.starts_with("note-n"));
  const Said photos = site.must({"add", "photo", site.picture("p.jpg", 100'000, 1).path});
  REQUIRE(photos.list().size() == 1);
  check_fields(*photos.list().front().as_document(), {"file", "id", "kind", "project"});

  const Said queue = site.must({"queue"});
  REQUIRE(list_in(queue.document(), "intents").size() == 2);
  for (const Value& row : list_in(queue.document(), "intents")) {
    check_fields(*row.as_document(), {"id", "kind", "action", "item", "project", "state", "cause",
                                      "owner", "next_attempt", "attempts", "bytes_done",
                                      "bytes_total", "captured_at", "author"});
  }
  CHECK(part(queue.document(), "counts").integer("open") == 2);

  const Said planned = site.must({"plan"});
  check_fields(planned.document(), {"remotes", "data_plan"});
  check_fields(part(planned.document(), "data_plan"),
               {"interface", "cost", "files", "why", "files_go_at", "bytes_today"});
  const Document& account = *list_in(planned.document(), "remotes").front().as_document();
  check_fields(account, {"remote", "steps", "left_out", "forecast", "calls"});
  check_fields(part(account, "forecast"), {"edits", "files", "bytes", "words", "seconds",
                                           "median_error_percent", "forecasts_measured"});
  for (const Value& step : list_in(account, "steps")) {
    check_fields(*step.as_document(), {"order", "when"});
  }
  check_fields(site.must({"send", item}).document(), {"item", "count", "held"});

  const Document status = site.status();
  check_fields(status, {"link", "login", "budget", "projects", "queue"});
  for (const Value& project : list_in(status, "projects")) {
    for (const Value& tool : list_in(*project.as_document(), "tools")) {
      check_fields(*tool.as_document(), {"tool", "complete_as_of", "missing"});
    }
  }
  check_fields(part(status, "queue"), {"queued", "held", "delivered", "open"});

  for (const std::string kind : {"rfi", "drawing", "photo", "note"}) {
    const auto rows = need(trial::view_of(site.place(), kind));
    REQUIRE_MESSAGE(!rows.empty(), kind);
    for (const Document& row : rows) {
      check_fields(row, {"id", "service_id", "project", "state"});
    }
  }
  const Said shown = site.must({"show", item});
  check_fields(shown.document(), {"record", "pending"});
  CHECK(part(shown.document(), "record").text("comment") == "A note for the contract");
  const Said why = site.must({"why", item});
  REQUIRE(!list_in(why.document(), "explanations").empty());
  check_fields(*list_in(why.document(), "explanations").front().as_document(),
               {"cause", "owner", "next_attempt"});

  site.link(SandboxControl::Link::up);
  site.must({"sync"});
  site.drain();
  const Said receipts = site.must({"receipts", item});
  REQUIRE(list_in(receipts.document(), "receipts").size() == 1);
  check_fields(*list_in(receipts.document(), "receipts").front().as_document(),
               {"item", "service_id", "captured_at", "delivered_at", "proof", "hash", "previous"});
}

TEST_CASE("every command that fails says so on stderr, and as an error object with --json") {
  Site site;
  site.log_in_and_follow();
  const Said said = site.say({"show", "rfi-404"});
  CHECK(said.exit_code == 1);
  CHECK(said.err.find("rfi-404") != std::string::npos);
  check_fields(part(said.document(), "error"), {"cause", "what", "sentence", "owner", "next_step"});
}

}  // namespace fieldsync::tests
