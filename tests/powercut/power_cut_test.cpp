#include <filesystem>

#include "platform/host.h"
#include "platform/random.h"
#include "tests/powercut/power_disk.h"
#include "tests/support/site.h"

// Power cuts for real: the agent's own process on a file system of the kernel that forgets what was
// not synced. FIELDSYNC_CUTS sets their number, FIELDSYNC_SEED the chance.

namespace fieldsync::tests {
namespace {

std::int64_t times_at_service(const trial::Truth& truth, const Capture& capture) {
  const bool note = capture.what == Capture::What::note;
  std::int64_t times = 0;
  for (const Value& row : note ? truth.notes : truth.photos) {
    const Document& fields = part(*row.as_document(), "fields");
    times += fields.text(note ? "comment" : "description") == capture.text;
  }
  return times;
}

/// A person who captures notes and photos until the power goes.
class Person {
 public:
  Person(Site& site, platform::Random random) : site_(site), random_(random) {
    for (int i = 0; i < 4; ++i) {
      pictures_.push_back(site.picture("wall" + std::to_string(i) + ".jpg",
                                       random_.between(70'000, 900'000), random_.next()));
    }
  }

  void capture_until_cut(const PowerDisk& disk) {
    while (!disk.is_cut()) capture();
  }

  std::vector<Capture> acknowledged;
  std::vector<Capture> unsure;  ///< refused or without an answer: kept or not, but never twice

 private:
  void capture() {
    Capture capture;
    capture.text = "capture " + std::to_string(++count_) + ".";
    std::vector<std::string> words;
    if (random_.chance(0.5)) {
      words = {"add", "note", capture.text};
    } else {
      const Site::Picture& picture = pictures_[random_.below(pictures_.size())];
      capture.what = Capture::What::photo;
      capture.sha256 = {picture.sha256};
      capture.bytes = picture.size;
      words = {"add", "photo", picture.path, "--description", capture.text};
    }
    (site_.say(words).exit_code == 0 ? acknowledged : unsure).push_back(capture);
  }

  Site& site_;
  platform::Random random_;
  std::vector<Site::Picture> pictures_;
  int count_ = 0;
};

}  // namespace

TEST_CASE("what was acknowledged is there after a power cut, whatever was not synced is lost") {
  const auto cuts = number_from_environment("FIELDSYNC_CUTS", 20);
  const auto seed = static_cast<std::uint64_t>(number_from_environment("FIELDSYNC_SEED", 1));
  TempFolder folder;
  std::string reason;
  const auto disk = PowerDisk::mount(folder / "disk", reason);
  if (!disk) {
    MESSAGE("left out: " << reason);
    return;
  }
  MESSAGE("FIELDSYNC_CUTS=" << cuts << " FIELDSYNC_SEED=" << seed);
  platform::Random random(seed);
  SiteOptions options;
  options.tools = "notes,photos";
  options.state = folder / "disk/state";
  Site site(options);
  site.begin();

  Person person(site, random.fork());
  for (std::int64_t cut = 0; cut < cuts; ++cut) {
    CAPTURE(cut);
    // A capture and its delivery are some 60 changes of the disk.
    disk->cut_after(random.between(0, 1'000));
    person.capture_until_cut(*disk);
    site.place().kill_agent();
    const auto unsynced =
        random.chance(0.5) ? PowerDisk::Unsynced::torn : PowerDisk::Unsynced::lost;
    REQUIRE(disk->restore(unsynced, random.next()));
    need(site.place().start_agent());
  }
  site.must({"sync"});
  site.drain(Millis{120'000});

  const trial::Truth truth = site.truth();
  CHECK(person.acknowledged.size() >= static_cast<std::size_t>(cuts));
  const trial::Score score = trial::count_score(truth, person.acknowledged, {});
  for (const std::string& fault : score.faults) FAIL_CHECK(fault);
  CHECK(score.once == score.made);
  for (const Capture& capture : person.unsure) {
    CHECK_MESSAGE(times_at_service(truth, capture) <= 1, "doubled: " << capture.text);
  }
  const Said receipts = site.must({"receipts", "--verify"});
  CHECK(*part(receipts.document(), "check").find("intact") == base::Value(true));
  CHECK_MESSAGE(disk->forgotten() > cuts / 2, "the cuts cost too little to say anything");
  MESSAGE(person.acknowledged.size()
          << " captures acknowledged, " << person.unsure.size() << " in doubt; "
          << disk->forgotten() << " files and folders lost something");
  need(site.place().stop_agent());
}

TEST_CASE("the disk of these tests forgets what was not synced, and nothing else") {
  TempFolder folder;
  std::string reason;
  const auto disk = PowerDisk::mount(folder / "disk", reason);
  if (!disk) {
    MESSAGE("left out: " << reason);
    return;
  }
  const auto files = platform::make_system_files();
  enum class Synced { no, yes };
  const auto write = [&](const std::string& name, const std::string& text, Synced synced) {
    const auto file =
        need(files->create(folder / ("disk/" + name), platform::FileSystem::Access::owner_only));
    need(file->append(text));
    if (synced == Synced::yes) need(file->sync());
  };
  write("synced", "all of it", Synced::yes);
  write("half", "nothing of it", Synced::no);
  need(files->sync_folder(folder / "disk"));
  write("nameless", "synced without its name", Synced::yes);
  REQUIRE(disk->restore(PowerDisk::Unsynced::lost, 1));
  CHECK(content_of(folder / "disk/synced") == "all of it");
  CHECK(content_of(folder / "disk/half").empty());
  CHECK(std::filesystem::exists(folder / "disk/half"));
  CHECK_FALSE(std::filesystem::exists(folder / "disk/nameless"));
  disk->cut_after(0);
  CHECK_FALSE(files->make_folder(folder / "disk/late").ok());
}

}  // namespace fieldsync::tests
