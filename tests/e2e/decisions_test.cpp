#include "platform/base/json.h"
#include "platform/host.h"
#include "tests/support/site.h"

// The commands for what waits for a person, by the real programs.

namespace fieldsync::tests {
namespace {

std::string first_rfi(Site& site) {
  const Said listed = site.must({"list", "rfi"});
  const List& rows = list_in(listed.document(), "records");
  REQUIRE(!rows.empty());
  return rows.front().as_document()->text("id");
}

}  // namespace

TEST_CASE("hold keeps work back until retry names it; export carries it away with its files") {
  Site site;
  site.begin();
  site.link(SandboxControl::Link::down);
  const std::string rfi = first_rfi(site);
  const auto picture = site.picture("proof.jpg", 100'000, 3);
  site.must({"reply", rfi, "Kept back", "--attach", picture.path});
  CHECK(site.must({"hold", rfi}).document().integer("held") == 1);

  const std::string into = site / "export";
  const Said exported = site.must({"export", "PENDING", into});
  CHECK(exported.document().integer("acts") == 1);
  CHECK(exported.document().integer("files") == 1);
  const auto files = platform::make_system_files();
  const auto text = platform::read_all(*files, into + "/acts-00001.json", 1'000'000);
  REQUIRE(text.ok());
  CHECK(text->find("Kept back") != std::string::npos);
  CHECK(text->find(picture.sha256) != std::string::npos);

  site.link(SandboxControl::Link::up);
  site.must({"sync"});
  site.drain();
  CHECK(site.queue_counts().integer("held") == 1);
  site.must({"retry", rfi});
  site.drain();
  CHECK(site.queue_counts().integer("open") == 0);
  CHECK(site.must({"resync", rfi}).document().integer("records") == 1);
}

TEST_CASE("what nobody has to decide is said so, and what cannot be undone fails") {
  Site site;
  site.begin();
  CHECK(list_in(site.must({"conflicts"}).document(), "conflicts").empty());
  const std::string rfi = first_rfi(site);
  CHECK(site.say({"resolve", rfi, "--take", "new"}).exit_code == 1);
  CHECK(site.say({"resolve", rfi, "--undo"}).exit_code == 1);
  CHECK(site.say({"resolve", rfi}).exit_code == 2);
  CHECK(site.say({"hold", rfi}).exit_code == 1);
}

}  // namespace fieldsync::tests
