#include <doctest/doctest.h>

#include <string>

#include "platform/event_loop.h"
#include "platform/group_access.h"
#include "platform/host.h"
#include "platform/power_monitor.h"
#include "platform/secret_seal.h"
#include "platform/secret_store.h"
#include "platform/service_manager.h"
#include "platform/windows/command_line.h"
#include "platform/windows/person_came.h"
#include "platform/windows/service_control.h"
#include "tests/support/temp_folder.h"

// The control manager, who may use what, and what the system encrypts.

namespace fieldsync::platform {
namespace {

using base::Cause;
using base::Secret;
using tests::TempFolder;

constexpr const char* kProgram = "C:/a folder/none.exe";  // is not there

/// A service of a name of its own, gone with its owner.
struct OwnService {
  const std::string name = "FieldsyncTest" + system_random_hex(4);
  ~OwnService() { CHECK(unregister_service(name).ok()); }
  base::Result<std::vector<std::string>> install(const std::string& title) const {
    return register_service({name, title, "A test.", kProgram, {"--no-run", "a b"}});
  }
};

}  // namespace

TEST_CASE("a service has the identifier that Windows gives it") {
  CHECK(windows::service_sid("TrustedInstaller") ==
        "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");
  CHECK(windows::service_sid("trustedinstaller") == windows::service_sid("TRUSTEDINSTALLER"));
}

TEST_CASE("a program with a space in its path is quoted, so that no other is started for it") {
  CHECK(windows::command_line("C:/Program Files/f.exe", {"run", "a b"}) ==
        L"\"C:\\Program Files\\f.exe\" run \"a b\"");
}

TEST_CASE("a service is registered, changed and removed as often as one likes") {
  const OwnService service;
  REQUIRE(service_standing(service.name).ok());
  CHECK(*service_standing(service.name) == ServiceStanding::absent);
  const auto made = service.install("A");
  REQUIRE_MESSAGE(made.ok(), made.failure().what);
  for (const std::string& line : *made) MESSAGE(line);
  CHECK(*service_standing(service.name) == ServiceStanding::stopped);
  CHECK(service.install("B").ok());
  CHECK_MESSAGE(stop_service(service.name, base::Millis{1'000}).ok(), "it does not run");
  REQUIRE(unregister_service(service.name).ok());
  CHECK(*service_standing(service.name) == ServiceStanding::absent);
}

TEST_CASE("a service that is not there, or whose program is not, is a failure that says so") {
  const OwnService service;
  const auto absent = start_service(service.name, base::Millis{1'000});
  REQUIRE_FALSE(absent.ok());
  CHECK(absent.failure().what.find("service install") != std::string::npos);
  CHECK_FALSE(stop_service(service.name, base::Millis{1'000}).ok());
  REQUIRE(service.install("A").ok());
  const auto broken = start_service(service.name, base::Millis{1'000});
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.failure().what.find(service.name) != std::string::npos);
}

TEST_CASE("a service's folder is made, and taken over when somebody made it before") {
  TempFolder folder;
  for (const FolderUse use : {FolderUse::everybody_reads, FolderUse::service_only}) {
    const base::Path path = folder / std::to_string(static_cast<int>(use));
    REQUIRE(make_service_folder(path, kServiceName, use).ok());
    CHECK(make_service_folder(path, kServiceName, use).ok());
    tests::put_content(path + "/a", "x");
    CHECK(tests::content_of(path + "/a") == "x");
  }
  CHECK_FALSE(make_service_folder(folder / "no/such", kServiceName, FolderUse::service_only).ok());
}

TEST_CASE("a file is opened to those who are logged in, and a missing one is named") {
  TempFolder folder;
  tests::put_content(folder / "a", "x");
  CHECK(let_group_use(folder / "a").ok());
  CHECK(tests::content_of(folder / "a") == "x");
  const auto missing = let_group_use(folder / "none");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.failure().what.find("none") != std::string::npos);
}

TEST_CASE("a secret lies on disk encrypted, and one of another machine asks for a login") {
  TempFolder folder;
  const auto files = make_system_files();
  FileSecretStore store(*files, folder / "secrets");
  REQUIRE(store.put("token", Secret("s3cr3t-s3cr3t")).ok());
  const auto kept = store.get("token");
  REQUIRE(kept.ok());
  CHECK((*kept)->reveal() == "s3cr3t-s3cr3t");
  const std::string path = folder / "secrets/token.secret";
  CHECK(tests::content_of(path).find("s3cr3t") == std::string::npos);
  CHECK(open_secret(*seal_secret("")).value().empty());
  files->remove(path);
  tests::put_content(path, "from elsewhere");
  const auto foreign = store.get("token");
  REQUIRE_FALSE(foreign.ok());
  CHECK(foreign.failure().cause == Cause::login_required);
}

TEST_CASE("who logs in is told on the loop, while somebody watches") {
  const auto clock = make_system_clock();
  ThreadLoop loop(*clock);
  windows::tell_person_came();
  int came = 0;
  auto power = watch_power(loop, [&](PowerEvent event) {
    came += event == PowerEvent::person_came ? 1 : 0;
    loop.stop();
  });
  windows::tell_person_came();
  loop.run();
  CHECK(came == 1);
  power.reset();
  windows::tell_person_came();
  CHECK(came == 1);
}

}  // namespace fieldsync::platform
