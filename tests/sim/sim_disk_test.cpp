#include <doctest/doctest.h>

#include "tests/sim/device_host.h"
#include "tests/sim/sim_disk.h"

namespace fieldsync::sim {
namespace {

struct Rig {
  explicit Rig(SimDisk::Names names) : disk(clock, platform::Random(2), names) {
    REQUIRE(disk.make_folder("/photos").ok());
    auto file = disk.create("/photos/IMG_1.JPG", platform::FileSystem::Access::owner_only);
    REQUIRE(file.ok());
    REQUIRE((*file)->append("bytes").ok());
    REQUIRE((*file)->sync().ok());
    REQUIRE(disk.sync_folder("/photos").ok());
  }
  Schedule schedule{platform::Random(1)};
  DeviceClock clock{schedule};
  SimDisk disk;
};

}  // namespace

TEST_CASE("on a disk that folds case, names that differ by case are one") {
  Rig rig(SimDisk::Names::fold_case);
  CHECK(rig.disk.open_read("/PHOTOS/img_1.jpg").ok());
  CHECK_FALSE(rig.disk.create("/photos/img_1.jpg", platform::FileSystem::Access::owner_only).ok());
  CHECK_FALSE(Rig(SimDisk::Names::exact).disk.open_read("/photos/img_1.jpg").ok());
}

TEST_CASE("a rename that changes only the case keeps the bytes and shows the new name") {
  Rig rig(SimDisk::Names::fold_case);
  REQUIRE(rig.disk.rename("/photos/IMG_1.JPG", "/photos/img_1.jpg").ok());
  REQUIRE(rig.disk.sync_folder("/photos").ok());
  rig.disk.power_off();
  rig.disk.power_on();
  CHECK(*rig.disk.list("/photos") == std::vector<std::string>{"img_1.jpg"});
  CHECK(*(*rig.disk.open_read("/photos/Img_1.Jpg"))->read_at(0, 10) == "bytes");
}

TEST_CASE("while a disk is slow time goes on, and what was due meanwhile comes late, in order") {
  Schedule schedule{platform::Random(1)};
  const base::Instant begin = schedule.now();
  std::vector<std::int64_t> ran;
  const auto note = [&] { ran.push_back((schedule.now() - begin).count()); };
  schedule.at(begin + base::Millis{20}, note);
  schedule.at(begin + base::Millis{700}, note);
  schedule.at(begin + base::Millis{10}, [&] {
    schedule.pass(base::Millis{500});
    note();
  });
  while (schedule.run_one(begin + base::Millis{1'000})) {
  }
  CHECK(ran == std::vector<std::int64_t>{510, 510, 700});
}

}  // namespace fieldsync::sim
