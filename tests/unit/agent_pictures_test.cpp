#include <doctest/doctest.h>

#include "platform/base/digest.h"
#include "tests/support/pictures.h"
#include "tests/support/small_world.h"

// How photos go out: as they are, after a small picture, or small.

using namespace fieldsync;
using namespace fieldsync::tests;
using base::Document;
using base::List;
using base::Value;
using sync::PicturePolicy;

namespace {

const std::string& photo() {
  static const std::string kJpeg = make_jpeg({.exif = exif_with_orientation(6)});
  return kJpeg;
}

void choose(SmallWorld& world, PicturePolicy policy) {
  world.kill();
  world.config.photos.policy = policy;
  world.restart();
}

/// A link on which every exchange takes so long that an original takes seconds.
void slow_down(SmallWorld& world) { world.transport->round_trip = std::chrono::seconds(6); }

std::string add(SmallWorld& world, const std::string& bytes, const std::string& name = "wall.jpg") {
  const Document answer = world.call("add", {{"kind", "photo"},
                                             {"fields", Document{{"description", "North wall"}}},
                                             {"files", List{world.stage(name, bytes)}}});
  return answer.find("items")->as_list()->front().as_document()->text("id");
}

/// The photos of that name at the service, with their digests and descriptions.
std::vector<Document> at_service(SmallWorld& world, const std::string& name) {
  std::vector<Document> found;
  for (const Value& entry : world.records("photo")) {
    const Document& record = *entry.as_document();
    Document fields = *record.find("fields")->as_document();
    if (fields.text("filename") != name) continue;
    fields.set("sha256", record.text("sha256"));
    found.push_back(std::move(fields));
  }
  return found;
}

int photos_sent(const SmallWorld& world) {
  int count = 0;
  for (const std::string& line : world.transport->arrived) {
    if (line.starts_with("POST") && line.ends_with("/images")) ++count;
  }
  return count;
}

}  // namespace

TEST_CASE(
    "a small picture goes ahead on a poor link, the original follows, and each names the other") {
  SmallWorld world;
  choose(world, PicturePolicy::proof_first);
  slow_down(world);
  const std::string item = add(world, photo());
  world.run_for(std::chrono::minutes(3));
  const auto previews = at_service(world, "wall (preview).jpg");
  REQUIRE(previews.size() == 1);
  CHECK(previews[0].text("description").find("North wall [Preview of wall.jpg (" + item + ")") ==
        0);
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  const auto originals = at_service(world, "wall.jpg");
  REQUIRE(originals.size() == 1);
  CHECK(originals[0].text("sha256") == base::digest_of(photo()).hex());
  CHECK(originals[0].text("description") ==
        "North wall [Original of wall (preview).jpg (" + item + ")]");
  CHECK(at_service(world, "wall (preview).jpg").size() == 1);
  CHECK(photos_sent(world) == 2);
}

TEST_CASE("a second original waits for a good link, says so, and `retry` sends it at once") {
  SmallWorld world;
  choose(world, PicturePolicy::proof_first);
  slow_down(world);
  add(world, photo(), "first.jpg");
  const std::string second = add(world, make_jpeg({.width = 2600}), "second.jpg");
  world.run_for(std::chrono::minutes(20));
  CHECK(at_service(world, "first (preview).jpg").size() == 1);
  CHECK(at_service(world, "second (preview).jpg").size() == 1);
  CHECK(at_service(world, "first.jpg").size() == 1);  // it told what the link carries
  CHECK(at_service(world, "second.jpg").empty());
  const Document why =
      *world.call("why", {{"item", second}}).find("explanations")->as_list()->front().as_document();
  CHECK(why.text("cause") == "link_too_short");
  CHECK(why.text("evidence").find("a small picture went ahead") == 0);
  world.call("retry", {{"item", second}});
  world.run_for(std::chrono::minutes(5));
  CHECK(at_service(world, "second.jpg").size() == 1);
}

TEST_CASE("an original that waits goes by itself: within the hour, or when the link is good") {
  SmallWorld world;
  choose(world, PicturePolicy::proof_first);
  slow_down(world);
  for (int i = 0; i < 4; ++i) {
    add(world, make_jpeg({.width = 2400 + i * 8}), "p" + std::to_string(i) + ".jpg");
  }
  world.run_for(std::chrono::minutes(100));
  CHECK(at_service(world, "p1.jpg").size() == 1);
  CHECK(at_service(world, "p2.jpg").empty());
  world.transport->round_trip = base::Millis{50};
  world.agent->link_changed();
  world.run_for(std::chrono::minutes(30));
  CHECK(world.acts("open") == 0);
  CHECK(at_service(world, "p3.jpg").size() == 1);
}

TEST_CASE("on a good link the original goes alone") {
  SmallWorld world;
  choose(world, PicturePolicy::original);
  add(world, make_jpeg({.width = 2600}), "learn.jpg");
  REQUIRE(world.drain());
  choose(world, PicturePolicy::proof_first);
  add(world, photo());
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  CHECK(at_service(world, "wall.jpg").size() == 1);
  CHECK(at_service(world, "wall (preview).jpg").empty());
}

TEST_CASE(
    "reduced only: the person is told, the service has the small one, the original stays here") {
  SmallWorld world;
  choose(world, PicturePolicy::reduced);
  const Document answer =
      world.call("add", {{"kind", "photo"}, {"files", List{world.stage("wall.jpg", photo())}}});
  REQUIRE(answer.find("notices"));
  CHECK(
      base::plain_text(answer.find("notices")->as_list()->front()).find("reduced to 1600 pixels") !=
      std::string::npos);
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  const auto sent = at_service(world, "wall.jpg");
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].text("sha256") != base::digest_of(photo()).hex());
  CHECK(sent[0].integer("size") < static_cast<std::int64_t>(photo().size()) / 3);
  CHECK(
      sent[0].text("description") ==
      "[Reduced to 1600 pixels; the original of 2400 x 1800 pixels stays on the machine that took "
      "it in]");
  CHECK(*world.agent->originals().has(base::digest_of(photo())));
  world.run_for(std::chrono::hours(24 * 20));
  CHECK(*world.agent->originals().has(base::digest_of(photo())));
}

TEST_CASE("a picture that cannot be made smaller goes out whole, whatever the policy") {
  std::string cut = photo().substr(0, photo().size() / 2);
  std::string rubbish = "\xFF\xD8\xFF\xE0" + std::string(400'000, 'x');
  const std::vector<std::pair<const char*, std::string>> rows = {
      {"cut.jpg", cut},
      {"rubbish.jpg", rubbish},
      {"ink.jpg", make_jpeg({.colours = PictureOptions::Colours::cmyk})},
      {"small.jpg", make_jpeg({.width = 1500, .height = 1200})}};
  for (const PicturePolicy policy : {PicturePolicy::proof_first, PicturePolicy::reduced}) {
    SmallWorld world;
    choose(world, policy);
    for (const auto& [name, bytes] : rows) add(world, bytes, name);
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    for (const auto& [name, bytes] : rows) {
      CAPTURE(name);
      const auto sent = at_service(world, name);
      REQUIRE(sent.size() == 1);
      CHECK(sent[0].text("sha256") == base::digest_of(bytes).hex());
      CHECK(sent[0].text("description") == "North wall");
    }
  }
}

TEST_CASE("preview and original take effect once each, through kills and lost answers") {
  for (int seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    SmallWorld world(static_cast<std::uint64_t>(seed));
    choose(world, PicturePolicy::proof_first);
    world.transport->mishap = [&world](const net::HttpRequest& request) {
      const bool is_api = request.url.find("/download/") == std::string::npos;
      return is_api && world.random.below(6) == 0 ? Mishap::lost_after : Mishap::none;
    };
    add(world, photo());
    for (int kill = 0; kill < 3; ++kill) {
      world.run_for(base::Millis{static_cast<std::int64_t>(world.random.below(4'000))});
      world.crash_and_restart();
    }
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    CHECK(at_service(world, "wall.jpg").size() == 1);
    CHECK(at_service(world, "wall (preview).jpg").size() <= 1);
    CHECK(at_service(world, "wall.jpg")[0].text("sha256") == base::digest_of(photo()).hex());
  }
}
