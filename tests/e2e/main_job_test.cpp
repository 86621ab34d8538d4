#include "agent/try/scenario.h"
#include "tests/support/site.h"

// The main job: capture with no link, link back, everything delivered once and proven.

namespace fieldsync::tests {
namespace {

using Link = SandboxControl::Link;

void check(const trial::Score& score, std::size_t captures) {
  for (const std::string& fault : score.faults) FAIL_CHECK(fault);
  CHECK(score.made == static_cast<std::int64_t>(captures));
  CHECK(score.once == score.made);
  CHECK(score.files_equal == score.files);
}

/// An open RFI of the view with assignees.
Document open_rfi(Site& site) {
  for (const Document& row : need(trial::view_of(site.place(), "rfi"))) {
    if (row.text("status") == "open" && !list_in(row, "assignees").empty()) return row;
  }
  FAIL("no open RFI");
  return {};
}

}  // namespace

TEST_CASE(
    "what was captured with no link is delivered exactly once, with equal bytes and a "
    "receipt") {
  Site site;
  site.begin();
  site.link(Link::down);
  const Document rfi = open_rfi(site);
  std::vector<Capture> captures;
  captures.push_back(site.add_note("Captured with no link"));
  captures.push_back(site.add_note("Größe & <b>Länge</b> 50%"));
  captures.push_back(site.add_photo(site.picture("small.jpg", 300'000, 1), "small photo"));
  captures.push_back(site.add_photo(site.picture("large.jpg", 11'000'000, 2), "three parts"));
  const std::string item = rfi.text("id");
  site.must({"edit", item, "subject=Edited with no link"});
  captures.push_back({Capture::What::edit,
                      item,
                      "Edited with no link",
                      "subject",
                      std::atoll(rfi.text("service_id").c_str()),
                      {},
                      0});
  const Said reply = site.must({"reply", item, "Replied with no link"});
  captures.push_back(
      {Capture::What::reply, reply.document().text("id"), "Replied with no link", {}, 0, {}, 0});
  CHECK(site.queue_counts().integer("open") == static_cast<std::int64_t>(captures.size()));

  site.link(Link::up);
  site.must({"sync"});
  site.drain();
  check(trial::count_score(site.truth(), captures, {}), captures.size());

  const Said receipts = site.must({"receipts", "--verify"});
  CHECK(list_in(receipts.document(), "receipts").size() == captures.size());
  CHECK(part(receipts.document(), "check").integer("checked") ==
        static_cast<std::int64_t>(captures.size()));
  CHECK(*part(receipts.document(), "check").find("intact") == base::Value(true));
}

TEST_CASE("captures made with no agent running are delivered by the next one") {
  Site site;
  site.log_in_and_follow();
  std::vector<Capture> captures;
  captures.push_back(site.add_note("No agent, no link"));
  captures.push_back(site.add_photo(site.picture("a.jpg", 200'000, 3), "no agent"));
  need(site.place().start_agent());
  site.wait_mirrored();
  site.drain();
  check(trial::count_score(site.truth(), captures, {}), captures.size());
}

TEST_CASE("a create whose answer is lost takes effect once") {
  Site site;
  site.begin();
  need(site.service().post("/faults", {{"match", "^POST .*/notes_logs"},
                                       {"regex", Value(true)},
                                       {"origin", "api"},
                                       {"action", "drop_after"}}));
  need(site.service().post("/faults", {{"match", "^POST .*/images"},
                                       {"regex", Value(true)},
                                       {"origin", "api"},
                                       {"action", "drop_after"}}));
  std::vector<Capture> captures;
  captures.push_back(site.add_note("The answer to this one is lost"));
  captures.push_back(site.add_photo(site.picture("b.jpg", 200'000, 4), "answer lost"));
  site.drain();
  const trial::Score score = trial::count_score(site.truth(), captures, {});
  check(score, captures.size());
  CHECK(score.answers_lost == 2);
}

TEST_CASE("edits of different fields of one RFI, here and in the office, both stand") {
  Site site;
  site.begin();
  site.link(Link::down);
  const Document rfi = open_rfi(site);
  const std::int64_t id = std::atoll(rfi.text("service_id").c_str());
  site.must({"edit", rfi.text("id"), "subject=Ours"});
  need(site.service().office(
      {{"do", "edit_record"}, {"id", id}, {"fields", Document{{"reference", "Theirs"}}}}));
  site.link(Link::up);
  site.must({"sync"});
  site.drain();
  const Document there = [&] {
    for (const Value& row : site.truth().rfis) {
      if (row.as_document()->integer("id") == id) return part(*row.as_document(), "fields");
    }
    return Document{};
  }();
  CHECK(there.text("subject") == "Ours");
  CHECK(there.text("reference") == "Theirs");
  const Said shown = site.must({"show", rfi.text("id")});
  CHECK(part(shown.document(), "record").text("subject") == "Ours");
  CHECK(part(shown.document(), "record").text("reference") == "Theirs");
}

TEST_CASE("edits of the same field, here and in the office, are a conflict that loses neither") {
  Site site;
  site.begin();
  site.link(Link::down);
  const Document rfi = open_rfi(site);
  const std::int64_t id = std::atoll(rfi.text("service_id").c_str());
  site.must({"edit", rfi.text("id"), "subject=Ours"});
  need(site.service().office(
      {{"do", "edit_record"}, {"id", id}, {"fields", Document{{"subject", "Theirs"}}}}));
  site.link(Link::up);
  site.must({"sync"});
  site.drain();
  CHECK(site.queue_counts().integer("held") == 1);
  const Said why = site.must({"why", rfi.text("id")});
  CHECK(why.out.find("\"conflict\"") != std::string::npos);
  CHECK(why.out.find("Ours") != std::string::npos);
  CHECK(why.out.find("Theirs") != std::string::npos);
}

}  // namespace fieldsync::tests
