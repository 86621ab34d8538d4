#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "platform/child_process.h"
#include "platform/host.h"
#include "platform/program.h"
#include "platform/service_host.h"
#include "platform/windows/system.h"
#include "tests/support/temp_folder.h"

// What only Windows has: its errors, its names, its way to refuse what somebody holds open.

namespace fieldsync::platform {
namespace {

using base::Cause;
using base::Millis;
using tests::TempFolder;
using Access = FileSystem::Access;

constexpr Millis kPlenty{60'000};

/// Opens a file as programs do that let nobody in beside them.
windows::Handle held_alone(const std::string& path) {
  return windows::Handle(::CreateFileW(windows::native(path).c_str(), GENERIC_READ, 0, nullptr,
                                       OPEN_EXISTING, 0, nullptr));
}

std::unique_ptr<ChildProcess> own_child(std::vector<std::string> arguments,
                                        const std::string& output = {}) {
  auto child = start_child({own_program(), std::move(arguments), output});
  REQUIRE(child.ok());
  return std::move(child).value();
}

}  // namespace

TEST_CASE("system errors become causes that name path and deed") {
  struct Row {
    DWORD error;
    Cause cause;
  };
  for (const Row& row :
       {Row{ERROR_DISK_FULL, Cause::disk_low}, Row{ERROR_HANDLE_DISK_FULL, Cause::disk_low},
        Row{ERROR_FILE_NOT_FOUND, Cause::file_unreadable},
        Row{ERROR_ACCESS_DENIED, Cause::file_unreadable},
        Row{ERROR_SHARING_VIOLATION, Cause::file_unreadable},
        Row{ERROR_CRC, Cause::disk_error}, Row{ERROR_WRITE_PROTECT, Cause::disk_error}}) {
    CAPTURE(row.error);
    const base::Failure failure = windows::failure_of(row.error, "C:/a", "write");
    CHECK(failure.cause == row.cause);
    CHECK(failure.what.starts_with("C:/a: write: "));
  }
}

TEST_CASE("text survives the way to the system and back") {
  const std::string names[] = {"plain", "Plan \xc3\x84nderung", "\xe5\x9b\xb3\xe9\x9d\xa2",
                               "\xf0\x9f\x8f\x97"};
  for (const std::string& name : names) CHECK(windows::to_utf8(windows::to_wide(name)) == name);
}

TEST_CASE("a path has any length and any letters") {
  TempFolder folder;
  const auto files = make_system_files();
  std::string deep = folder.path();
  for (int i = 0; i < 8; ++i) deep = join(deep, std::string(60, 'd'));
  REQUIRE(deep.size() > 400);
  REQUIRE(files->make_folder(deep).ok());
  const std::string path = join(deep, "\xe5\x9b\xb3\xe9\x9d\xa2 A-101.pdf");
  REQUIRE(files->create(path, Access::owner_only).ok());
  CHECK(files->list(deep)->front() == file_name_of(path));
  CHECK(files->info(path)->type == FileType::file);
  CHECK(files->rename(path, path + ".2").ok());
  CHECK(files->remove_tree(folder / std::string(60, 'd')).ok());
  CHECK(files->info(deep)->type == FileType::missing);
}

TEST_CASE("a file that is marked read-only is removed all the same") {
  TempFolder folder;
  const auto files = make_system_files();
  tests::put_content(folder / "a", "x");
  ::SetFileAttributesW(windows::native(folder / "a").c_str(), FILE_ATTRIBUTE_READONLY);
  CHECK(files->remove(folder / "a").ok());
  CHECK(files->info(folder / "a")->type == FileType::missing);
}

TEST_CASE("what a scanner holds for a moment is renamed and removed when it lets go") {
  TempFolder folder;
  const auto files = make_system_files();
  tests::put_content(folder / "a", "new");
  windows::Handle held = held_alone(folder / "a");
  REQUIRE(held.is_open());
  // The first tries are refused while this thread has not let go; the last ones are not.
  std::thread scanner([&] { const windows::Handle closed = std::move(held); });
  CHECK(files->rename(folder / "a", folder / "b").ok());
  scanner.join();
  CHECK(tests::content_of(folder / "b") == "new");
}

TEST_CASE("what somebody keeps open is a failure that names it, and stays") {
  TempFolder folder;
  const auto files = make_system_files();
  tests::put_content(folder / "a", "kept");
  const windows::Handle held = held_alone(folder / "a");
  REQUIRE(held.is_open());
  const auto removed = files->remove(folder / "a");
  REQUIRE_FALSE(removed.ok());
  CHECK(removed.failure().cause == Cause::file_unreadable);
  CHECK(removed.failure().what.find(folder / "a") != std::string::npos);
  CHECK_FALSE(files->open_read(folder / "a").ok());
  CHECK(files->info(folder / "a")->size == 4);
}

TEST_CASE("a child's output and exit code come back, whatever its arguments hold") {
  TempFolder folder;
  const std::string odd = "--test-case=no \"such\" case\\";
  const auto child = own_child({odd, "--no-version"}, folder / "out");
  CHECK(child->wait(kPlenty) == 0);
  CHECK(tests::content_of(folder / "out").find("[doctest]") != std::string::npos);
}

TEST_CASE("a program that is not there is a failure that names it") {
  const auto child = start_child({"C:/no/such/program.exe", {}, {}});
  REQUIRE_FALSE(child.ok());
  CHECK(child.failure().cause == Cause::file_unreadable);
  CHECK(child.failure().what.find("no/such/program.exe") != std::string::npos);
  CHECK(own_program().find("platform_tests") != std::string::npos);
}

TEST_CASE("a lock dies with its process, however that ends") {
  TempFolder folder;
  const auto files = make_system_files();
  const std::string path = folder / "lock";
  ::SetEnvironmentVariableW(L"FIELDSYNC_LOCK", windows::to_wide(path).c_str());
  const auto child = own_child({"--test-case=* holds a lock until it is killed", "--no-skip"});
  ::SetEnvironmentVariableW(L"FIELDSYNC_LOCK", nullptr);
  while (!child->poll() && files->info(path + ".held")->type == FileType::missing) ::Sleep(5);
  const auto refused = files->lock(path);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().cause == Cause::already_running);
  child->kill();
  REQUIRE(child->wait(kPlenty).has_value());
  CHECK(files->lock(path).ok());
}

/// Run by the case above, in a process of its own.
TEST_CASE("the other process holds a lock until it is killed" * doctest::skip()) {
  const std::string path = environment("FIELDSYNC_LOCK");
  REQUIRE_FALSE(path.empty());
  const auto files = make_system_files();
  const auto held = files->lock(path);
  REQUIRE(held.ok());
  tests::put_content(path + ".held", "");
  for (;;) ::Sleep(INFINITE);
}

TEST_CASE("folders for state and config are those of this user") {
  CHECK(default_state_folder().ends_with("/Fieldsync"));
  CHECK(default_config_file().ends_with("/Fieldsync/fieldsync.toml"));
  CHECK(default_state_folder().find('\\') == std::string::npos);
  CHECK(environment("FIELDSYNC_NO_SUCH_VARIABLE").empty());
  CHECK_FALSE(current_user().empty());
  CHECK_FALSE(machine_name().empty());
}

TEST_CASE("without a control manager a service runs as an ordinary program") {
  CHECK(run_as_service({}, [] { return 7; }) == 7);
}

}  // namespace fieldsync::platform
