#include <algorithm>
#include <functional>

#include "agent/try/scenario.h"
#include "tests/support/site.h"

// The scarce thing is API calls. Counted at the service, not by the agent.

namespace fieldsync::tests {
namespace {

/// "METHOD path" of every API request, oldest first, made by `work` and until all is delivered.
std::vector<std::string> calls_of(Site& site, const std::function<void()>& work) {
  const auto last_request = [&]() -> std::int64_t {
    const List rows = need(site.service().rows("/requests?limit=1"));
    return rows.empty() ? 0 : rows.front().as_document()->integer("id");
  };
  const std::int64_t from = last_request();
  work();
  site.drain();
  std::vector<std::string> calls;
  const List rows = need(site.service().rows("/requests?limit=1000"));
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    const Document& request = *row->as_document();
    if (request.integer("id") <= from || request.text("origin") != "api") continue;
    calls.push_back(request.text("method") + " " + request.text("path"));
  }
  return calls;
}

/// How many of them hold the word; every call counts for "".
int count(const std::vector<std::string>& calls, const std::string& word) {
  return static_cast<int>(std::count_if(calls.begin(), calls.end(), [&](const std::string& call) {
    return call.find(word) != std::string::npos;
  }));
}

std::string text_of(const std::vector<std::string>& calls) {
  std::string all;
  for (const std::string& call : calls) all += "\n" + call;
  return all;
}

}  // namespace

TEST_CASE("an empty sync of a followed project costs at most one call per tool") {
  Site site;
  site.begin();
  // A list that was complete before the rights were known is read once more.
  site.must({"sync", "--wait"});
  const auto calls = calls_of(site, [&] { site.must({"sync"}); });
  CHECK_MESSAGE(count(calls, "") <= 4, text_of(calls));
}

TEST_CASE(
    "a photo costs three calls, and photos delivered together share the one that proves "
    "them") {
  Site site;
  site.begin();
  std::vector<Capture> captures;
  site.link(SandboxControl::Link::down);
  for (int i = 0; i < 10; ++i) {
    const std::string name = "p" + std::to_string(i) + ".jpg";
    captures.push_back(site.add_photo(site.picture(name, 100'000, 10 + i), name));
  }
  const auto calls = calls_of(site, [&] {
    site.link(SandboxControl::Link::up);
    site.must({"retry"});
  });
  // Create the upload, complete it, create the photo: three. The read-back is one list for all;
  // a round of the tool may fall into the same moment. Rounds of other tools are not of the photos.
  const int writes = count(calls, "POST ") + count(calls, "PATCH ");
  CHECK_MESSAGE(writes == 3 * 10, text_of(calls));
  CHECK_MESSAGE(count(calls, "GET /rest/v1.0/images") <= 2, text_of(calls));
  const trial::Score score = trial::count_score(site.truth(), captures, {});
  CHECK(score.once == score.made);
}

TEST_CASE("an edit costs two calls at most with its read-back, beside one look for all of them") {
  Site site;
  site.begin();
  std::vector<std::string> items;
  for (const Document& row : need(trial::view_of(site.place(), "rfi"))) {
    if (row.text("status") == "open" && items.size() < 5) items.push_back(row.text("id"));
  }
  REQUIRE(items.size() == 5);
  site.link(SandboxControl::Link::down);
  for (const std::string& item : items) site.must({"edit", item, "reference=Calls"});
  const auto calls = calls_of(site, [&] {
    site.link(SandboxControl::Link::up);
    site.must({"retry"});
  });
  CHECK_MESSAGE(count(calls, "PATCH ") == 5, text_of(calls));
  const int reads = count(calls, "/rfis/") - 5;  // of single RFIs, each after its PATCH
  CHECK_MESSAGE(reads <= 5, text_of(calls));
  // One look at the tool serves all edits of the next ten seconds.
  CHECK_MESSAGE(count(calls, "GET /rest/v1.0/projects") - reads <= 2, text_of(calls));
}

}  // namespace fieldsync::tests
