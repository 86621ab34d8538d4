#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "platform/atomic_file.h"
#include "platform/host.h"
#include "platform/posix/descriptor.h"
#include "platform/secret_store.h"
#include "tests/support/failing_files.h"
#include "tests/support/temp_folder.h"

namespace fieldsync::platform {
namespace {

using base::Cause;
using tests::content_of;
using tests::FailingFiles;
using tests::put_content;
using tests::TempFolder;
using Access = FileSystem::Access;

mode_t mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 0777;
}

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
  CHECK(mode_of(folder / "t") == 0600);
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
  CHECK(mode_of(place) == 0700);
  CHECK(mode_of(place + "/procore.secret") == 0600);
  CHECK(again.erase("procore").ok());
  CHECK(again.erase("procore").ok());
  CHECK_FALSE(again.get("procore")->has_value());
}

TEST_CASE("a secret the system gave is used until one of our own is kept") {
  TempFolder folder;
  const auto files = make_system_files();
  REQUIRE(files->make_folder(folder / "given").ok());
  put_content(folder / "given/a", "from the system\n");
  FileSecretStore store(*files, folder / "secrets", folder / "given");
  CHECK((*store.get("a"))->reveal() == "from the system");
  CHECK_FALSE(store.get("b")->has_value());
  CHECK_FALSE(store.get("../given/a")->has_value());
  REQUIRE(store.put("a", base::Secret("ours")).ok());
  CHECK((*store.get("a"))->reveal() == "ours");
  REQUIRE(store.erase("a").ok());
  CHECK((*store.get("a"))->reveal() == "from the system");
  CHECK(content_of(folder / "given/a") == "from the system\n");
}

TEST_CASE("a secret too long to be read back is refused") {
  TempFolder folder;
  const auto files = make_system_files();
  FileSecretStore store(*files, folder.path());
  CHECK(store.put("a", base::Secret(std::string(64 * 1024, 'x'))).ok());
  CHECK_FALSE(store.put("a", base::Secret(std::string(64 * 1024 + 1, 'x'))).ok());
  CHECK((*store.get("a"))->reveal().size() == 64 * 1024);
}

TEST_CASE("system errors become causes") {
  struct Row {
    int error;
    Cause cause;
  };
  for (const Row& row : {Row{ENOSPC, Cause::disk_low}, Row{EDQUOT, Cause::disk_low},
                         Row{ENOENT, Cause::file_unreadable}, Row{EACCES, Cause::file_unreadable},
                         Row{EISDIR, Cause::file_unreadable}, Row{EIO, Cause::disk_error},
                         Row{EROFS, Cause::disk_error}, Row{EMFILE, Cause::disk_error}}) {
    CAPTURE(row.error);
    const base::Failure failure = posix::failure_of(row.error, "/a/b", "write");
    CHECK(failure.cause == row.cause);
    CHECK(failure.what.starts_with("/a/b: write: "));
  }
}

TEST_CASE("a write the system takes only in part is an error, not a short file") {
  TempFolder folder;
  const auto files = make_system_files();
  auto file = files->create(folder / "a", Access::shared);
  REQUIRE(file.ok());
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_action = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1'000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto result = (*file)->append(std::string(3'000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, old_action);
  REQUIRE_FALSE(result.ok());
  CHECK(result.failure().cause == Cause::disk_error);
}

TEST_CASE("a pipe in a folder is refused and does not block") {
  TempFolder folder;
  const auto files = make_system_files();
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(files->info(folder / "pipe")->type == FileType::other);
  CHECK_FALSE(files->open_read(folder / "pipe").ok());
}

TEST_CASE("remove_tree removes a link, not what it points to") {
  TempFolder folder;
  const auto files = make_system_files();
  REQUIRE(files->make_folder(folder / "tree").ok());
  REQUIRE(files->make_folder(folder / "precious").ok());
  put_content(folder / "precious/a", "kept");
  REQUIRE(::symlink((folder / "precious").c_str(), (folder / "tree/link").c_str()) == 0);
  CHECK(files->remove_tree(folder / "tree").ok());
  CHECK(content_of(folder / "precious/a") == "kept");
}

TEST_CASE("a lock dies with its process, however that ends") {
  TempFolder folder;
  const auto files = make_system_files();
  std::array<int, 2> ready{};
  REQUIRE(::pipe(ready.data()) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = files->lock(folder / "lock");
    const char told = held.ok() ? 'y' : 'n';
    if (::write(ready[1], &told, 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char told = 0;
  REQUIRE(::read(ready[0], &told, 1) == 1);
  CHECK(told == 'y');
  const auto refused = files->lock(folder / "lock");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().cause == Cause::already_running);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(files->lock(folder / "lock").ok());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("folders for state and config follow the environment") {
  const std::string home = environment("HOME");
  const std::string state = environment("XDG_STATE_HOME");
  ::setenv("HOME", "/home/fay", 1);
  ::unsetenv("XDG_STATE_HOME");
  CHECK(default_state_folder() == "/home/fay/.local/state/fieldsync");
  ::setenv("XDG_STATE_HOME", "/state", 1);
  CHECK(default_state_folder() == "/state/fieldsync");
  ::setenv("XDG_STATE_HOME", "relative", 1);
  CHECK(default_state_folder() == "/home/fay/.local/state/fieldsync");
  ::setenv("HOME", home.c_str(), 1);
  if (state.empty()) {
    ::unsetenv("XDG_STATE_HOME");
  } else {
    ::setenv("XDG_STATE_HOME", state.c_str(), 1);
  }
  CHECK(environment("FIELDSYNC_NO_SUCH_VARIABLE").empty());
  CHECK_FALSE(current_user().empty());
  CHECK_FALSE(machine_name().empty());
}

}  // namespace fieldsync::platform
