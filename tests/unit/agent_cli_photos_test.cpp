#include <doctest/doctest.h>

#include <filesystem>

#include "agent/cli/capture_file.h"
#include "platform/base/text.h"
#include "tests/support/odd_file.h"
#include "tests/unit/agent_cli_rig.h"

namespace fieldsync::tests {
namespace {

using base::Cause;
using base::Document;
using base::Value;

/// A JPEG with one segment and a scan that is cut off.
const std::string kJpeg("\xFF\xD8\xFF\xE0\x00\x04xy\xFF\xDA\x00\x02pixels", 18);
const std::string kPng("\x89PNG\r\n\x1A\nrest", 12);

std::vector<Document> entries(const CliRig& rig) {
  std::vector<Document> all;
  const Value printed = rig.json();
  REQUIRE(printed.as_list());
  for (const Value& value : *printed.as_list()) all.push_back(*value.as_document());
  return all;
}

std::string cause_of(const Document& entry) {
  const Value* error = entry.find("error");
  return error ? error->as_document()->text("cause") : "";
}

TEST_CASE("each file is an item of its own, and a bad one does not stop the others") {
  CliRig rig;
  const std::string good = rig.file("good.jpg", kJpeg);
  const std::string empty = rig.file("empty.jpg", "");
  const std::string png = rig.file("good.png", kPng);
  CHECK(rig.run({"add", "photo", good, empty, png, "--description", "north wall", "--album", "3",
                 "--project", "7", "--location", "13", "--json"}) == 1);
  REQUIRE(rig.commands.calls.size() == 2);
  const Document& arguments = rig.commands.calls[0].arguments;
  CHECK(arguments.text("kind") == "photo");
  CHECK(arguments.text("project") == "7");
  CHECK(*arguments.find("fields") ==
        *base::parse_json(R"({"description":"north wall","album":"3","location":"13"})"));
  CHECK(arguments.find("files")->as_list()->front().as_document()->text("type") == "image/jpeg");
  const auto all = entries(rig);
  REQUIRE(all.size() == 3);
  CHECK(all[0].text("id") == "photo-n1");
  CHECK(all[0].text("file") == good);
  CHECK(cause_of(all[1]) == "file_empty");
  CHECK(all[2].text("id") == "photo-n1");
}

TEST_CASE("a cloud drive's placeholder is refused while the person can still have it downloaded") {
  CliRig rig;
  const std::string stand_in = rig.file("site.pdf.nextcloud", " ");
  CHECK(rig.run({"add", "note", "x", "--attach", stand_in}) == 1);
  CHECK(rig.faults().find("the cloud drive has not downloaded") != std::string::npos);
  CHECK(rig.commands.calls.empty());
}

TEST_CASE("the summary says how many were kept and which were refused") {
  CliRig rig;
  const std::string good = rig.file("good.jpg", kJpeg);
  CHECK(rig.run({"add", "photo", good, rig.folder / "gone.jpg"}) == 1);
  CHECK(rig.text().find("good.jpg: Kept photo-n1 for project 7.") != std::string::npos);
  CHECK(rig.text().find("1 kept, 1 refused.") != std::string::npos);
  CHECK(rig.faults().find("gone.jpg: there is no such file") != std::string::npos);
  CHECK(rig.run({"add", "photo", good}) == 0);
}

TEST_CASE("what can never be delivered is refused with its reason") {
  CliRig rig;
  make_odd_file(rig.folder / "pipe.jpg");
  std::filesystem::create_directory(rig.folder / "folder.jpg");
  struct Row {
    std::string what;
    std::string path;
    std::string cause;
  };
  const std::vector<Row> rows{
      {"missing", rig.folder / "missing.jpg", "file_unreadable"},
      {"a folder", rig.folder / "folder.jpg", "file_unreadable"},
      {"the folder above", "..", "file_unreadable"},
      {"a pipe", rig.folder / "pipe.jpg", "file_unreadable"},
      {"a device", kDevice, "file_unreadable"},
      {"a name too long for any disk", rig.folder / std::string(300, 'x'), "file_unreadable"},
      {"no name", "", "file_unreadable"},
      {"0 bytes", rig.file("empty.jpg", ""), "file_empty"},
      {"a text named .jpg", rig.file("text.jpg", "not a picture"), "type_not_accepted"},
      {"a PDF named .jpg", rig.file("pdf.jpg", "%PDF-1.4 xxx"), "type_not_accepted"},
      {"a film",
       rig.file("film.mp4", std::string("\0\0\0\x18"
                                        "ftypmp42rest",
                                        16)),
       "type_not_accepted"},
      {"a JPEG that is its first bytes", rig.file("cut.jpg", "\xFF\xD8\xFF"), "file_unreadable"},
      {"a JPEG cut before its scan",
       rig.file("cut2.jpg", std::string("\xFF\xD8\xFF\xE0\x10\x00xy", 8)), "file_unreadable"},
      {"a JPEG with a broken marker",
       rig.file("broken.jpg", std::string("\xFF\xD8\xFF\xE0\x00\x04xyzzzzzz", 14)),
       "file_unreadable"},
      {"a JPEG segment shorter than its own length",
       rig.file("short.jpg", std::string("\xFF\xD8\xFF\xE0\x00\x01xyzzzzzz", 14)),
       "file_unreadable"},
      {"a JPEG that ends before it begins",
       rig.file("end.jpg", std::string("\xFF\xD8\xFF\xD9\x00\x00\x00\x00", 8)), "file_unreadable"},
      {"a JPEG of fill bytes alone", rig.file("fill.jpg", "\xFF\xD8" + std::string(9'000, '\xFF')),
       "file_unreadable"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(rig.run({"add", "photo", "--json", "--", row.path}) == 1);
    const auto all = entries(rig);
    REQUIRE(all.size() == 1);
    CHECK(cause_of(all[0]) == row.cause);
  }
  CHECK(rig.commands.calls.empty());
}

TEST_CASE("an attachment may be of any type but not empty") {
  CliRig rig;
  rig.commands.answer("attach", R"({"id":"rfi-1","intent":1})");
  CHECK(rig.run({"attach", "rfi-1", rig.file("a.xyz", "anything")}) == 0);
  CHECK(rig.commands.calls[0].arguments.find("files")->as_list()->front().as_document()->text(
            "type") == "application/octet-stream");
  CHECK(rig.run({"attach", "rfi-1", rig.file("b.xyz", "")}) == 1);
}

TEST_CASE("a file that grows while we look is refused, once for all files") {
  CliRig rig;
  const std::string growing = rig.file("growing.jpg", kJpeg);
  const std::string still = rig.file("still.jpg", kJpeg);
  // The files are younger than the rig's clock says it is by less than two seconds.
  rig.clock.wall_at = rig.files->info(still)->modified + base::Millis{500};
  rig.on_pause = [&] { rig.file("growing.jpg", kJpeg + "more"); };
  CHECK(rig.run({"add", "photo", growing, still, "--json"}) == 1);
  CHECK(rig.pauses == 1);
  const auto all = entries(rig);
  CHECK(cause_of(all[0]) == "file_growing");
  CHECK(all[1].text("id") == "photo-n1");
}

TEST_CASE("names that other systems refuse are mapped, and the person is told") {
  CliRig rig;
  CHECK(rig.run({"add", "photo", rig.file(kOddName, kJpeg)}) == 0);
  REQUIRE(rig.commands.calls.size() == 1);
  const Document& arguments = rig.commands.calls[0].arguments;
  const std::string name = arguments.find("files")->as_list()->front().as_document()->text("name");
  CHECK(base::is_utf8(name));
  CHECK(name.find_first_of("#:") == std::string::npos);
  CHECK(rig.faults().find("is sent under the name " + name) != std::string::npos);
}

TEST_CASE("a picture the service does not list is passed on with a word") {
  CliRig rig;
  CHECK(rig.run({"add", "photo",
                 rig.file("a.heic", std::string("\0\0\0\x18"
                                                "ftypheicrest",
                                                16))}) == 0);
  CHECK(rig.faults().find("image/heic is not on the service's list") != std::string::npos);
}

TEST_CASE("when the agent refuses one picture the others go on") {
  CliRig rig;
  int count = 0;
  rig.commands.answers["add"] = [&](const Document&) -> base::Result<Document> {
    if (++count == 1) return base::Failure{Cause::disk_low, "work.db"};
    return *base::parse_json(R"({"items":[{"id":"photo-n2"}]})")->as_document();
  };
  CHECK(rig.run({"add", "photo", rig.file("a.jpg", kJpeg), rig.file("b.jpg", kJpeg), "--json"}) ==
        1);
  const auto all = entries(rig);
  CHECK(cause_of(all[0]) == "disk_low");
  CHECK(all[1].text("id") == "photo-n2");
}

TEST_CASE("a project that is wrong for one picture is wrong for all, and none is copied in vain") {
  CliRig rig;
  rig.commands.fail("add", {Cause::bad_input, "project 9 is not followed here"});
  CHECK(rig.run({"add", "photo", rig.file("a.jpg", kJpeg), rig.file("b.jpg", kJpeg), "--project",
                 "9", "--json"}) == 1);
  CHECK(rig.commands.calls.size() == 1);
  const auto all = entries(rig);
  CHECK(cause_of(all[0]) == "bad_input");
  CHECK(cause_of(all[1]) == "bad_input");
}

TEST_CASE("real pictures of cameras and phones are taken") {
  const std::string folder = platform::environment("FIELDSYNC_PHOTOS");
  if (folder.empty()) {
    MESSAGE("FIELDSYNC_PHOTOS is not set: real pictures were not tried");
    return;
  }
  CliRig rig;
  std::vector<std::string> words{"add", "photo", "--json"};
  for (const std::string& name : *rig.files->list(folder)) words.push_back(folder + "/" + name);
  REQUIRE(words.size() > 3);
  CHECK(rig.run(words) == 0);
  for (const Document& entry : entries(rig)) {
    CAPTURE(entry.text("file"));
    CHECK(cause_of(entry) == "");
  }
}

}  // namespace
}  // namespace fieldsync::tests
