#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "platform/atomic_file.h"
#include "platform/host.h"
#include "platform/secret_store.h"
#include "tests/support/failing_files.h"
#include "tests/support/owner_only.h"
#include "tests/support/temp_folder.h"

namespace fieldsync::platform {
namespace {

using tests::content_of;
using tests::FailingFiles;
using tests::put_content;
using tests::TempFolder;
using Access = FileSystem::Access;

}  // namespace

TEST_CASE("paths join and come apart") {
  CHECK(join("a", "b") == "a/b");
  CHECK(join("a/", "/b") == "a/b");
  CHECK(join("/", "b") == "/b");
  CHECK(parent_of("a/b") == "a");
  CHECK(parent_of("/b") == "/");
  CHECK(parent_of("b") == ".");
  CHECK(file_name_of("a/b") == "b");
  CHECK(file_name_of("b") == "b");
}

TEST_CASE("a draft without commit leaves no file") {
  TempFolder folder;
  const auto files = make_system_files();
  {
    auto file = AtomicFile::open(*files, folder / "t", Access::owner_only);
    REQUIRE(file.ok());
    CHECK(file->write("half").ok());
    CHECK(files->list(folder.path())->size() == 1);
  }
  CHECK(files->list(folder.path())->empty());
}

TEST_CASE("a commit replaces the target, owner-only, and leaves no draft") {
  TempFolder folder;
  const auto files = make_system_files();
  put_content(folder / "t", "old");
  put_content(folder / "t.draft", "left by a crash");
  CHECK(write_atomically(*files, folder / "t", "new", Access::owner_only).ok());
  CHECK(content_of(folder / "t") == "new");
  CHECK(*files->list(folder.path()) == std::vector<std::string>{"t"});
  CHECK(tests::is_owner_only(folder / "t"));
}

TEST_CASE("a name of 255 bytes can be written atomically") {
  TempFolder folder;
  const auto files = make_system_files();
  const std::string name(255, 'x');
  CHECK(write_atomically(*files, folder / name, "1", Access::shared).ok());
  CHECK(*files->list(folder.path()) == std::vector<std::string>{name});
}

TEST_CASE("bytes are durable before the name is, and the name before success") {
  TempFolder folder;
  const auto files = make_system_files();
  FailingFiles recorded(*files);
  CHECK(write_atomically(recorded, folder / "t", "new", Access::shared).ok());
  CHECK(recorded.calls() ==
        std::vector<std::string>{"remove", "create", "append", "sync", "rename", "sync_folder"});
}

TEST_CASE("whichever call fails, the target holds the old content or the new one, whole") {
  const auto files = make_system_files();
  for (int n = 0; n < 6; ++n) {
    CAPTURE(n);
    TempFolder folder;
    put_content(folder / "t", "old");
    FailingFiles failing(*files);
    failing.fail_call(n);
    const auto result = write_atomically(failing, folder / "t", "new", Access::shared);
    CHECK_FALSE(result.ok());
    // Only the last step, the folder's sync, comes after the rename.
    CHECK(content_of(folder / "t") == (n < 5 ? "old" : "new"));
    CHECK(*files->list(folder.path()) == std::vector<std::string>{"t"});
  }
}

TEST_CASE("secrets are kept owner-only under any name, and survive a new store") {
  TempFolder folder;
  const auto files = make_system_files();
  const std::string place = folder / "secrets";
  FileSecretStore store(*files, place);
  CHECK_FALSE(store.get("a")->has_value());
  for (const char* name : {"procore", "..", "../../etc/x", "a/b", "a_b", "A B"}) {
    CAPTURE(name);
    REQUIRE(store.put(name, base::Secret(std::string("token of ") + name)).ok());
  }
  FileSecretStore again(*files, place);
  for (const char* name : {"procore", "..", "../../etc/x", "a/b", "a_b", "A B"}) {
    CHECK((*again.get(name))->reveal() == std::string("token of ") + name);
  }
  CHECK(files->list(place)->size() == 6);
  CHECK(files->list(folder.path())->size() == 1);
  CHECK(tests::is_owner_only(place));
  CHECK(tests::is_owner_only(place + "/procore.secret"));
  CHECK(again.erase("procore").ok());
  CHECK(again.erase("procore").ok());
  CHECK_FALSE(again.get("procore")->has_value());
}

TEST_CASE("a secret too long to be read back is refused") {
  TempFolder folder;
  const auto files = make_system_files();
  FileSecretStore store(*files, folder.path());
  CHECK(store.put("a", base::Secret(std::string(64 * 1024, 'x'))).ok());
  CHECK_FALSE(store.put("a", base::Secret(std::string(64 * 1024 + 1, 'x'))).ok());
  CHECK((*store.get("a"))->reveal().size() == 64 * 1024);
}

}  // namespace fieldsync::platform
