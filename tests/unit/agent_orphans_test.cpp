#include <doctest/doctest.h>

#include <filesystem>

#include "platform/base/digest.h"
#include "storage/blob_store.h"
#include "tests/support/office.h"

// Bytes in originals/ that belong to no act.

using namespace fieldsync;
using namespace fieldsync::tests;
using base::Document;
using base::List;
using base::Value;

namespace {

constexpr base::Millis kDay{24 * 3'600'000LL};

bool is_kept(SmallWorld& world, const std::string& bytes) {
  return *world.agent->originals().has(base::digest_of(bytes));
}

/// Files live in real time, the agent in virtual: the file's age is set by hand.
void put_in_at(SmallWorld& world, const std::string& bytes, base::WallTime at) {
  const auto path = world.agent->originals().path_of(base::digest_of(bytes));
  const auto since = std::chrono::milliseconds(at.since_epoch.count());
  std::filesystem::last_write_time(
      path,
      std::chrono::file_clock::from_sys(std::chrono::sys_time<std::chrono::milliseconds>(since)));
}

/// The watch over originals/ has begun.
void begin(SmallWorld& world) { world.run_for(kDay + kDay / 2); }

}  // namespace

TEST_CASE("bytes of a command that died are swept after the grace time, those of acts never") {
  SmallWorld world;
  begin(world);
  world.stage("orphan.jpg", "orphan");
  world.stage("young.jpg", "young");
  world.call("add", {{"kind", "photo"}, {"files", List{world.stage("kept.jpg", "delivered")}}});
  world.call("add", {{"kind", "photo"}, {"files", List{world.stage("back.jpg", "taken back")}}});
  const auto items = world.queue();
  const std::string last = items.find("intents")->as_list()->back().as_document()->text("item");
  world.call("remove", {{"item", last}});
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  const base::WallTime now = world.clock.wall();
  for (const char* bytes : {"orphan", "delivered", "taken back"}) put_in_at(world, bytes, now);
  world.run_for(6 * kDay);
  CHECK(is_kept(world, "orphan"));
  put_in_at(world, "young", world.clock.wall());
  world.run_for(3 * kDay);
  CHECK_FALSE(is_kept(world, "orphan"));
  CHECK(is_kept(world, "young"));
  CHECK(is_kept(world, "delivered"));
  CHECK(is_kept(world, "taken back"));
}

TEST_CASE("bytes staged anew count from then: an act made of them is kept whole") {
  SmallWorld world;
  begin(world);
  world.stage("again.jpg", "again");
  put_in_at(world, "again", world.clock.wall());
  world.run_for(5 * kDay);
  const Document file = world.stage("again.jpg", "again");
  put_in_at(world, "again", world.clock.wall());
  world.run_for(4 * kDay);
  CHECK(is_kept(world, "again"));
  world.call("add", {{"kind", "photo"}, {"files", List{file}}});
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(world.at_service("photo", "sha256", base::digest_of("again").hex()) == 1);
}

TEST_CASE("an act made of bytes that were swept is refused, never acknowledged without them") {
  SmallWorld world;
  begin(world);
  const Document file = world.stage("late.jpg", "late");
  put_in_at(world, "late", world.clock.wall());
  world.run_for(10 * kDay);
  REQUIRE_FALSE(is_kept(world, "late"));
  const auto added = world.try_call("add", {{"kind", "photo"}, {"files", List{file}}});
  CHECK(added.failure().cause == base::Cause::file_unreadable);
  CHECK(queue_count(world, "open") == 0);
}

TEST_CASE("bytes from before this work.db was watched are left alone") {
  SmallWorld world;
  world.stage("older.jpg", "older");
  put_in_at(world, "older", world.clock.wall() - kDay);
  world.run_for(9 * kDay);
  CHECK(is_kept(world, "older"));
}

TEST_CASE("after a salvage of work.db nothing is swept: it may belong to what was lost") {
  SmallWorld world;
  begin(world);
  world.stage("lost.jpg", "of a lost act");
  put_in_at(world, "of a lost act", world.clock.wall());
  world.kill();
  const std::string path = world.config.state_folder + "/work.db";
  {
    // A page in the middle of the file is overwritten.
    std::FILE* file = std::fopen(path.c_str(), "r+b");
    REQUIRE(file);
    const std::string rubbish(4096, '?');
    std::fseek(file, 4096, SEEK_SET);
    std::fwrite(rubbish.data(), 1, rubbish.size(), file);
    std::fclose(file);
  }
  world.restart();
  REQUIRE_FALSE(world.agent->notices().empty());
  world.run_for(9 * kDay);
  CHECK(is_kept(world, "of a lost act"));
}
