#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "platform/base/digest.h"
#include "tests/support/office.h"

// Large files come in pieces; what is here stays, and is only gone on with where that is safe.

using namespace fieldsync;
using namespace fieldsync::tests;
using base::Document;
using base::List;
using base::Value;

namespace {

std::string content(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 7;
  for (char& c : bytes) {
    state = state * 1'664'525 + 1'013'904'223;
    c = static_cast<char>(state >> 24);
  }
  return bytes;
}

/// An RFI of the office with a large attachment that is not here.
struct Attached {
  explicit Attached(SmallWorld& w, std::size_t size = 3'000'000) : world(w), bytes(content(size)) {
    world.run_for(std::chrono::minutes(5));
    item = items_of(world, "rfi").front();
    world.call("attach", {{"item", item}, {"files", List{world.stage("large.bin", bytes)}}});
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    world.transport->mishap = [this](const net::HttpRequest& request) {
      const std::size_t at = request.url.find("/download/");
      if (at == std::string::npos) return Mishap::none;
      const std::string* range = request.headers.find("Range");
      auto& asked = asked_for[request.url.substr(at, request.url.find('?') - at)];
      asked.push_back(range ? *range : "all");
      return befall ? befall(static_cast<int>(asked.size())) : Mishap::none;
    };
  }
  /// The file as `open` tells it.
  Document file() const {
    const Document opened = world.call("open", {{"item", item}});
    for (const Value& each : *opened.find("files")->as_list()) {
      if (each.as_document()->text("name") == "large.bin") return *each.as_document();
    }
    return {};
  }
  bool is_here() const {
    const std::string path = base::plain_text(*file().find("path"));
    std::ifstream in(path, std::ios::binary);
    return base::digest_of(std::string(std::istreambuf_iterator<char>(in), {})) ==
           base::digest_of(bytes);
  }

  /// What was asked for of the file that took the most requests.
  std::vector<std::string> ranges() const {
    std::vector<std::string> most;
    for (const auto& [path, asked] : asked_for) {
      if (asked.size() > most.size()) most = asked;
    }
    return most;
  }

  SmallWorld& world;
  std::string item;
  std::string bytes;
  std::map<std::string, std::vector<std::string>> asked_for;
  std::function<Mishap(int)> befall;
};

}  // namespace

TEST_CASE("a file that nobody asked for is fetched when a person opens it, in growing pieces") {
  SmallWorld world;
  Attached it(world);
  CHECK(it.file().text("state") == "awaited");
  world.run_for(std::chrono::minutes(1));
  CHECK(it.is_here());
  REQUIRE(it.ranges().size() == 4);
  CHECK(it.ranges()[0] == "bytes=0-262143");
  CHECK(it.ranges()[1] == "bytes=262144-786431");
}

TEST_CASE("a cut costs one piece, and a restart nothing") {
  SmallWorld world;
  Attached it(world);
  it.befall = [](int request) { return request == 3 ? Mishap::lost_after : Mishap::none; };
  it.file();
  world.loop.run_until([&] { return it.ranges().size() == 5; }, std::chrono::minutes(2));
  world.crash_and_restart();
  it.file();
  world.run_for(std::chrono::minutes(3));
  CHECK(it.is_here());
  int from_start = 0;
  for (const std::string& range : it.ranges()) from_start += range.starts_with("bytes=0-") ? 1 : 0;
  CHECK(from_start == 1);
}

TEST_CASE("pieces of a content that was exchanged meanwhile are never put before another's") {
  SmallWorld world;
  Attached it(world);
  const std::string other = content(3'000'001).substr(1);  // as long, and nowhere the same
  world.call("attach", {{"item", it.item}, {"files", List{world.stage("other.bin", other)}}});
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  it.file();
  world.loop.run_until([&] { return it.ranges().size() == 3; }, std::chrono::minutes(2));
  world.kill();
  world.database->run(
      "UPDATE attachments SET file = (SELECT file FROM attachments WHERE name = 'other.bin') "
      "WHERE name = 'large.bin'");
  world.run_for(std::chrono::hours(1));  // the address of the first content is no good any more
  world.restart();
  it.file();
  world.run_for(std::chrono::minutes(5));
  it.bytes = other;
  CHECK(it.is_here());
}

TEST_CASE("a service that tells no stretch of a content from another's sends all of it") {
  for (const char* ranges : {"untagged", "none"}) {
    SmallWorld world;
    world.control(net::Method::patch, "/settings", {{"download_ranges", ranges}});
    Attached it(world);
    it.file();
    world.run_for(std::chrono::minutes(2));
    CHECK(it.is_here());
  }
}

TEST_CASE("an address that expires between the pieces is renewed and the pieces stay") {
  SmallWorld world;
  Attached it(world);
  world.control(net::Method::patch, "/settings", {{"download_url_seconds", 3}});
  world.transport->round_trip = std::chrono::seconds(2);
  it.file();
  world.run_for(std::chrono::minutes(10));
  CHECK(it.is_here());
}

TEST_CASE("opening tells of a sheet that is superseded, from the moment the metadata says so") {
  for (const bool bumps : {true, false}) {
    SmallWorld world;
    world.control(net::Method::patch, "/settings", {{"superseded_bumps", Value(bumps)}});
    world.run_for(std::chrono::minutes(10));
    std::string current;
    for (const std::string& item : items_of(world, "drawing")) {
      if (world.call("open", {{"item", item}}).text("warning").empty()) current = item;
    }
    REQUIRE(!current.empty());
    std::int64_t drawing = 0;
    for (const Value& row : world.records("drawing_revision")) {
      const Document& revision = *row.as_document();
      if (revision.integer("id") == number_in(current)) drawing = revision.integer("parent");
    }
    world.control(net::Method::post, "/office", {{"do", "new_revision"}, {"drawing", drawing}});
    // The new sheet's file cannot be had: the warning does not wait for it.
    world.transport->mishap = [](const net::HttpRequest& request) {
      return request.url.find("/download/") == std::string::npos ? Mishap::none
                                                                 : Mishap::lost_before;
    };
    world.call("sync", {});
    world.run_for(base::Millis{2'000});
    CHECK(world.call("open", {{"item", current}}).text("warning").find("superseded") == 0);
  }
}
