#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "platform/host.h"
#include "platform/posix/descriptor.h"
#include "tests/support/temp_folder.h"

namespace fieldsync::platform {
namespace {

using base::Cause;
using tests::content_of;
using tests::put_content;
using tests::TempFolder;
using Access = FileSystem::Access;

}  // namespace

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
