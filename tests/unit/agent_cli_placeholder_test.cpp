#include <doctest/doctest.h>
#include <sys/xattr.h>

#include <filesystem>
#include <string>
#include <utility>

#include "platform/file_presence.h"
#include "tests/unit/agent_cli_rig.h"

namespace fieldsync::tests {
namespace {

TEST_CASE("the marks that cloud drives leave on files that are not here are known") {
  const TempFolder folder;
  const std::pair<const char*, const char*> marks[] = {{"user.nextcloud.hydrate_exec", "nextcloud"},
                                                       {"user.openvfs.state", "dehydrated"}};
  for (const auto& [name, value] : marks) {
    const std::string path = folder / (std::string(value) + ".jpg");
    put_content(path, "picture");
    CHECK_FALSE(platform::placeholder_reason(path));
    if (::setxattr(path.c_str(), name, value, std::string(value).size(), 0) != 0) {
      MESSAGE("left out: this file system keeps no such marks");
      return;
    }
    CHECK(platform::placeholder_reason(path));
  }
  const std::string here = folder / "here.jpg";
  put_content(here, "picture");
  REQUIRE(::setxattr(here.c_str(), "user.openvfs.state", "hydrated", 8, 0) == 0);
  CHECK_FALSE(platform::placeholder_reason(here));
}

TEST_CASE("a file with a size and not one byte of content is refused as not downloaded") {
  CliRig rig;
  const std::string hole = rig.file("hole.jpg", "");
  std::filesystem::resize_file(hole, 3'000'000);
  CHECK(rig.run({"add", "photo", hole}) == 1);
  CHECK(rig.faults().find("not one byte on this disk") != std::string::npos);
  CHECK(rig.commands.calls.empty());
}

}  // namespace
}  // namespace fieldsync::tests
