#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/cause_test.h"
#include "tests/support/site.h"

// Causes of files at capture: the real command line on real files.

namespace fieldsync::tests {

using base::Cause;

namespace {

void put_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

/// The error of `add photo`.
Document refused_photo(Site& site, const std::string& path) {
  const Said said = site.say({"add", "photo", path});
  CHECK(said.exit_code == 1);
  REQUIRE(said.list().size() == 1);
  return part(*said.list().front().as_document(), "error");
}

struct ReadySite : Site {
  ReadySite() { log_in_and_follow(); }
};

}  // namespace

CAUSE_TEST(file_empty, "file upload failed: the photo has 0 bytes") {
  ReadySite site;
  const std::string path = site / "empty.jpg";
  put_file(path, "");
  check_refused(refused_photo(site, path), Cause::file_empty, "empty.jpg: 0 bytes");
}

CAUSE_TEST(file_unreadable, "file upload failed: the photo cannot be read") {
  ReadySite site;
  check_refused(refused_photo(site, site / "none.jpg"), Cause::file_unreadable, "none.jpg");
  const std::string damaged = site / "damaged.jpg";
  put_file(damaged, "\xFF\xD8\xFF\xE0\xFF\xFFshort");
  check_refused(refused_photo(site, damaged), Cause::file_unreadable, "damaged");
}

CAUSE_TEST(file_growing, "the video was cut off in the middle") {
  ReadySite site;
  const std::string path = site / "video.mp4";
  put_file(path, "begun");
  std::atomic<bool> is_over = false;
  std::thread camera([&] {
    while (!is_over) {
      std::ofstream(path, std::ios::binary | std::ios::app) << "more";
      std::this_thread::yield();
    }
  });
  const Said said = site.say({"add", "note", "a video", "--attach", path});
  is_over = true;
  camera.join();
  CHECK(said.exit_code == 1);
  check_refused(part(said.document(), "error"), Cause::file_growing, "still being written");
}

CAUSE_TEST(file_too_large, "file upload failed: too large") {
  ReadySite site;
  const std::string path = site / "scan.jpg";
  put_file(path, "\xFF\xD8\xFF");
  std::filesystem::resize_file(path, std::uintmax_t{200} << 30);  // a hole: takes no space
  check_refused(refused_photo(site, path), Cause::file_too_large, "the limit is");
}

CAUSE_TEST(type_not_accepted, "the iPhone photos do not upload") {
  ReadySite site;
  const std::string path = site / "photo.jpg";
  put_file(path, "this is no picture");
  check_refused(refused_photo(site, path), Cause::type_not_accepted, "no picture");
}

CAUSE_TEST(name_adjusted, "the file upload failed because of a # in its name") {
  ReadySite site;
  const auto picture = site.picture("grid #4 50%.jpg", 80'000, 1);
  const Said said = site.say({"add", "photo", picture.path});
  CHECK(said.exit_code == 0);
  CHECK(said.err.find(base::info(Cause::name_adjusted).sentence) != std::string::npos);
  CHECK(said.err.find("is sent under the name") != std::string::npos);
}

CAUSE_TEST(limit_reached, "it does not take all of my attachments") {
  ReadySite site;
  const auto picture = site.picture("one.jpg", 80'000, 1);
  std::vector<std::string> words = {"add", "note", "many"};
  for (int i = 0; i < 101; ++i) words.insert(words.end(), {"--attach", picture.path});
  const Said said = site.say(words);
  CHECK(said.exit_code == 1);
  check_refused(part(said.document(), "error"), Cause::limit_reached, "at most 100 files");
}

}  // namespace fieldsync::tests
