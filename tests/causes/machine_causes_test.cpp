#include <fstream>

#include "storage/database.h"
#include "tests/support/cause_world.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/site.h"
#include "tests/support/small_disk.h"

// Causes of this machine: its disk, its databases, its programs.

namespace fieldsync::tests {

using base::Cause;
using std::chrono::minutes;

namespace {

/// What opening the state folder ends with; the agent of the world is gone then.
base::Failure open_failure(CauseWorld& world, const std::string& vfs = "") {
  auto opened =
      app::Agent::open({world.host, *world.transport, base::null_log(), vfs, "Fay"}, world.config);
  REQUIRE_FALSE(opened.ok());
  return opened.failure();
}

void overwrite(const std::string& path) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  REQUIRE(file.good());
  file << std::string(8'192, 'x');
}

Document finding(CauseWorld& world) {
  const Document status = world.call("status");
  REQUIRE(status.find("findings")->as_list()->size() == 1);
  return *status.find("findings")->as_list()->front().as_document();
}

void change_work(CauseWorld& world, const std::string& sql) {
  auto database = storage::Database::open(world.config.state_folder + "/work.db", {});
  REQUIRE(database.ok());
  REQUIRE(storage::guarded([&] { (*database)->run(sql); }).ok());
}

}  // namespace

CAUSE_TEST(disk_low, "it lost my note because the disk was full") {
  TempFolder folder;
  SmallDisk disk(folder / "disk", 24);
  if (!disk.is_mounted()) {
    MESSAGE("skipped: a small disk cannot be mounted here (root is needed)");
    return;
  }
  SiteOptions options;
  options.state = disk.state();
  options.limits = "free_space_reserve = \"0 B\"\n";
  Site site(options);
  site.log_in_and_follow();
  disk.fill(100'000);
  need(site.place().start_agent());
  Document trouble;
  site.until("the trouble in status", [&] {
    const Document status = site.status();
    const List& remotes = list_in(status, "remotes");
    if (remotes.empty()) return false;
    trouble = part(*remotes.front().as_document(), "trouble");
    return !trouble.empty();
  });
  check_explained(trouble, Cause::disk_low, "full", Next::planned);
  disk.fill(0);
  const Said said = site.say({"add", "note", "no room at all"});
  CHECK(said.exit_code == 1);
  check_refused(part(said.document(), "error"), Cause::disk_low, "");
}

CAUSE_TEST(disk_error, "the tablet's disk is dying") {
  CauseWorld world;
  world.kill();
  FaultVfs vfs;
  vfs.fail_from(1, FaultVfs::Fault::io_error);
  check_refused(open_failure(world, vfs.name()), Cause::disk_error, ".db");
  vfs.heal();
  world.restart();
  world.check_well(world.note("on a good disk again"));
}

CAUSE_TEST(work_damaged, "after the power cut my notes are unreadable") {
  CauseWorld world;
  world.cut();
  const std::string note = world.note("damaged");
  world.kill();
  change_work(world, "UPDATE intent SET payload = x'00FF00FF'");
  world.restart();
  const Document queue = world.call("queue");
  REQUIRE(queue.find("intents")->as_list()->size() == 1);
  check_explained(*queue.find("intents")->as_list()->front().as_document(), Cause::work_damaged, "",
                  Next::by_event);
  world.kill();
  overwrite(world.config.state_folder + "/work.db");
  world.restart();
  check_explained(finding(world), Cause::work_damaged, "work.db was damaged", Next::by_event);
}

CAUSE_TEST(mirror_damaged, "after the power cut the drawings are gone") {
  CauseWorld world;
  world.kill();
  overwrite(world.config.state_folder + "/mirror.db");
  world.restart();
  check_explained(finding(world), Cause::mirror_damaged, "mirror.db was damaged", Next::by_event);
  world.run_for(minutes(2));
  CHECK_FALSE(world.call("list", {{"kind", "drawing"}}).find("records")->as_list()->empty());
}

CAUSE_TEST(newer_version, "after going back to the old version nothing starts") {
  CauseWorld world;
  world.kill();
  change_work(world, "PRAGMA user_version = 999");
  check_refused(open_failure(world), Cause::newer_version, "work.db");
  change_work(world, "PRAGMA user_version = 1");
}

CAUSE_TEST(already_running, "it says it is running already") {
  Site site;
  site.log_in_and_follow();
  need(site.place().start_agent());
  const Said said = site.program(
      {"--config", site.place().config_file(), "--state", site.place().state(), "run"});
  CHECK(said.exit_code == 1);
  CHECK(said.out.find(base::info(Cause::already_running).sentence) != std::string::npos);
  CHECK(said.out.find(base::info(Cause::already_running).next_step) != std::string::npos);
}

}  // namespace fieldsync::tests
