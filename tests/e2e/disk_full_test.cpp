#include <filesystem>

#include "agent/try/scenario.h"
#include "tests/support/site.h"
#include "tests/support/small_disk.h"

// A disk that is full in earnest: a small tmpfs under the agent's state.

namespace fieldsync::tests {
namespace {

bool is_skipped(const SmallDisk& disk) {
  if (disk.is_mounted()) return false;
  MESSAGE("skipped: a small disk cannot be mounted here (root is needed)");
  return true;
}

SiteOptions on(const SmallDisk& disk) {
  SiteOptions options;
  options.state = disk.state();
  options.limits = "free_space_reserve = \"0 B\"\n";
  return options;
}

}  // namespace

TEST_CASE(
    "a full disk refuses captures with disk_low, keeps no half record, and takes them again "
    "when there is space") {
  TempFolder folder;
  SmallDisk disk(folder / "disk", 24);
  if (is_skipped(disk)) return;
  Site site(on(disk));
  site.begin();
  site.link(SandboxControl::Link::down);
  std::vector<Capture> captures;
  captures.push_back(site.add_note("before the disk is full"));
  disk.fill(100'000);

  // Longer than what goes for it: all that was downloaded.
  const auto photo = site.picture("p.jpg", 4'000'000, 1);
  const Said refused = site.say({"add", "photo", photo.path});
  CHECK(refused.exit_code == 1);
  CHECK(refused.out.find("disk_low") != std::string::npos);
  disk.fill(0);
  int kept = 0;
  int said_no = 0;
  for (int i = 0; i < 200 && said_no < 3; ++i) {
    const std::string text = "on the full disk " + std::to_string(i) + std::string(2'000, '.');
    const Said said = site.say({"add", "note", text});
    if (said.exit_code == 0) {
      ++kept;
      captures.push_back({Capture::What::note, said.document().text("id"), text, {}, 0, {}, 0});
    } else {
      ++said_no;
      CHECK(said.out.find("disk_low") != std::string::npos);
    }
  }
  CHECK(said_no > 0);
  CHECK(site.place().agent_runs());

  disk.make_room();
  CHECK(site.queue_counts().integer("open") == static_cast<std::int64_t>(captures.size()));
  captures.push_back(site.add_photo(photo, "after there is space"));
  site.link(SandboxControl::Link::up);
  site.must({"sync"});
  site.drain();
  const trial::Score score = trial::count_score(site.truth(), captures, {});
  for (const std::string& fault : score.faults) FAIL_CHECK(fault);
  CHECK(score.once == score.made);
  MESSAGE(kept << " notes fitted, then " << said_no << " were refused");
}

TEST_CASE(
    "a disk that fills up while mirroring is told by status, and the mirror goes on by "
    "itself when there is space") {
  TempFolder folder;
  SmallDisk disk(folder / "disk", 24);
  if (is_skipped(disk)) return;
  Site site(on(disk));
  site.log_in_and_follow();
  disk.fill(150'000);
  need(site.place().start_agent());
  site.until("the trouble in status", [&] {
    const Document status = site.status();
    const List& remotes = list_in(status, "remotes");
    return !remotes.empty() && remotes.front().as_document()->find("trouble") != nullptr &&
           remotes.front().as_document()->find("trouble")->as_document()->text("cause") ==
               "disk_low";
  });
  CHECK(site.place().agent_runs());
  disk.make_room();
  site.wait_mirrored();
  CHECK(need(trial::view_of(site.place(), "rfi")).size() == 60);
}

TEST_CASE("on a disk full of drawings a photo is taken all the same: they can be fetched again") {
  TempFolder folder;
  SmallDisk disk(folder / "disk", 24);
  if (is_skipped(disk)) return;
  Site site(on(disk));
  site.begin();
  site.wait_mirrored();
  const auto here = [&] {
    int files = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(disk.state() + "/files")) {
      if (entry.is_regular_file()) ++files;
    }
    return files;
  };
  site.until("the drawings", [&] { return here() >= 20; });
  site.link(SandboxControl::Link::down);
  disk.fill(250'000);
  const auto photo = site.picture("p.jpg", 400'000, 1);
  const Capture kept = site.add_photo(photo, "on a full disk");
  CHECK(here() < 20);
  disk.make_room();
  site.link(SandboxControl::Link::up);
  site.must({"sync"});
  site.drain();
  CHECK(trial::count_score(site.truth(), {kept}, {}).is_perfect());
}

TEST_CASE("opening on a full disk fails with the reason and works once there is space") {
  TempFolder folder;
  SmallDisk disk(folder / "disk", 8);
  if (is_skipped(disk)) return;
  Site site(on(disk));
  disk.fill(0);
  const Said refused = site.say({"add", "note", "there is no room at all"});
  CHECK(refused.exit_code == 1);
  CHECK(refused.out.find("disk_low") != std::string::npos);
  CHECK(!site.place().start_agent());
  disk.make_room();
  site.begin();
  const Capture note = site.add_note("there is room again");
  site.drain();
  CHECK(trial::count_score(site.truth(), {note}, {}).is_perfect());
}

}  // namespace fieldsync::tests
