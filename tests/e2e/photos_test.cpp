#include <cstdlib>

#include "agent/try/scenario.h"
#include "tests/support/site.h"

namespace fieldsync::tests {

TEST_CASE("real photographs arrive bit for bit, or are refused at capture with the reason") {
  const char* folder = std::getenv("FIELDSYNC_PHOTOS");
  if (!folder || !*folder) {
    MESSAGE("skipped: FIELDSYNC_PHOTOS names no folder of photos");
    return;
  }
  Site site;
  site.begin();
  const auto files = need(trial::files_in(site.place().files(), folder));
  std::vector<Capture> captures;
  for (const trial::OwnFile& file : files) {
    const std::string description = "own " + std::to_string(captures.size()) + ".";
    const Said said = site.say({"add", "photo", file.path, "--description", description});
    REQUIRE(said.list().size() == 1);
    const Document& entry = *said.list().front().as_document();
    if (said.exit_code == 0) {
      captures.push_back(
          {Capture::What::photo, entry.text("id"), description, {}, 0, {file.sha256}, file.size});
    } else {
      CHECK_MESSAGE(!part(entry, "error").text("sentence").empty(), file.path);
      MESSAGE("refused: " << said.err);
    }
  }
  site.drain(Millis{300'000});
  const trial::Score score = trial::count_score(site.truth(), captures, {});
  for (const std::string& fault : score.faults) FAIL_CHECK(fault);
  CHECK(score.once == static_cast<std::int64_t>(captures.size()));
  CHECK(score.files_equal == score.files);
  MESSAGE(captures.size() << " of " << files.size() << " delivered, the others refused");
}

}  // namespace fieldsync::tests
