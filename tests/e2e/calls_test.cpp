#include <map>

#include "agent/try/scenario.h"
#include "tests/support/site.h"

// The scarce thing is API calls. Counted at the service, not by the agent.

namespace fieldsync::tests {
namespace {

/// Method and path of every API request after `from`, oldest first, for a test that fails.
std::string requests_since(Site& site, std::int64_t from) {
  const List rows = need(site.service().rows("/requests?limit=1000"));
  std::string all;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    const Document& request = *row->as_document();
    if (request.integer("id") <= from || request.text("origin") != "api") continue;
    all += "\n" + request.text("method") + " " + request.text("path") + "?" + request.text("query");
  }
  return all;
}

std::int64_t last_request(Site& site) {
  const List rows = need(site.service().rows("/requests?limit=1"));
  return rows.empty() ? 0 : rows.front().as_document()->integer("id");
}

/// Does the work and waits; the API calls it took.
std::int64_t calls_of(Site& site, const std::function<void()>& work, std::string& told) {
  const std::int64_t before = site.api_calls();
  const std::int64_t from = last_request(site);
  work();
  site.drain();
  told = requests_since(site, from);
  return site.api_calls() - before;
}

}  // namespace

TEST_CASE("an empty sync of a followed project costs at most one call per tool") {
  Site site;
  site.begin();
  std::string told;
  const auto calls = calls_of(
      site, [&] { site.must({"sync"}); }, told);
  CHECK_MESSAGE(calls <= 4, told);
}

TEST_CASE(
    "a photo costs three calls, and photos delivered together share the one that proves "
    "them") {
  Site site;
  site.begin();
  std::vector<Capture> captures;
  std::string told;
  // Create upload, complete it, create the photo: three. The read-back is one list for all.
  site.link(SandboxControl::Link::down);
  for (int i = 0; i < 10; ++i) {
    const std::string name = "p" + std::to_string(i) + ".jpg";
    captures.push_back(site.add_photo(site.picture(name, 100'000, 10 + i), name));
  }
  const auto calls = calls_of(
      site,
      [&] {
        site.link(SandboxControl::Link::up);
        site.must({"retry"});
      },
      told);
  CHECK_MESSAGE(calls <= 3 * 10 + 2, told);
  const trial::Score score = trial::count_score(site.truth(), captures, {});
  CHECK(score.once == score.made);
}

TEST_CASE("an edit costs two calls at most with its read-back, beside one look and one probe") {
  Site site;
  site.begin();
  std::vector<std::string> items;
  for (const Document& row : need(trial::view_of(site.place(), "rfi"))) {
    if (row.text("status") == "open" && items.size() < 5) items.push_back(row.text("id"));
  }
  REQUIRE(items.size() == 5);
  site.link(SandboxControl::Link::down);
  for (const std::string& item : items) site.must({"edit", item, "reference=Calls"});
  std::string told;
  const auto calls = calls_of(
      site,
      [&] {
        site.link(SandboxControl::Link::up);
        site.must({"retry"});
      },
      told);
  // The look at the tool, and the probe that finds the link back.
  CHECK_MESSAGE(calls <= 2 * 5 + 2, told);
}

}  // namespace fieldsync::tests
