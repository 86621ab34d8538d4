#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "platform/group_access.h"
#include "platform/service_host.h"
#include "platform/system_place.h"
#include "tests/support/temp_folder.h"

using namespace fieldsync;
using namespace fieldsync::platform;
using base::Millis;

namespace {

/// What a service manager listens on, with the variable set that tells of it.
class Manager {
 public:
  Manager() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder_ / "notify";
    std::strcpy(address.sun_path, path.c_str());
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~Manager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
    ::close(socket_);
  }
  std::string heard() const {
    std::array<char, 4'096> text{};
    const ssize_t size = ::recv(socket_, text.data(), text.size(), 0);
    return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : "";
  }

 private:
  tests::TempFolder folder_;
  int socket_;
};

}  // namespace

TEST_CASE("the manager hears of state, status and life, a datagram each") {
  const Manager manager;
  tell_service_state(ServiceState::ready);
  CHECK(manager.heard() == "READY=1\n");
  tell_service_state(ServiceState::reloading);
  CHECK(manager.heard() == "RELOADING=1\n");
  tell_service_state(ServiceState::stopping);
  CHECK(manager.heard() == "STOPPING=1\n");
  tell_service_alive();
  CHECK(manager.heard() == "WATCHDOG=1\n");
  tell_service_status("3 to deliver\nREADY=1");
  const std::string status = manager.heard();
  CHECK(status.starts_with("STATUS=3 to deliver"));
  CHECK_MESSAGE(status.find("\nREADY") == std::string::npos, "a status is one line");
  tell_service_failure("the config has faults");
  CHECK(manager.heard() == "STATUS=the config has faults\n");
}

TEST_CASE("without a manager nothing is told and nothing fails") {
  ::unsetenv("NOTIFY_SOCKET");
  tell_service_state(ServiceState::ready);
  ::setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
  tell_service_alive();
  ::setenv("NOTIFY_SOCKET", std::string(500, 'x').c_str(), 1);
  tell_service_alive();
  ::unsetenv("NOTIFY_SOCKET");
  CHECK_FALSE(watchdog_interval().has_value());
}

TEST_CASE("the watchdog's interval counts for the process it was meant for") {
  const Manager manager;
  ::setenv("WATCHDOG_USEC", "60000000", 1);
  CHECK(watchdog_interval() == Millis(60'000));
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  CHECK(watchdog_interval() == Millis(60'000));
  ::setenv("WATCHDOG_PID", "1", 1);
  CHECK_FALSE(watchdog_interval().has_value());
  ::unsetenv("WATCHDOG_PID");
  ::setenv("WATCHDOG_USEC", "soon", 1);
  CHECK_FALSE(watchdog_interval().has_value());
}

TEST_CASE("only the service's own config leads to the machine's state folder") {
  CHECK(system_state_folder(system_config_file()) == "/var/lib/fieldsync");
  CHECK_FALSE(system_state_folder("/home/x/.config/fieldsync/fieldsync.toml").has_value());
}

TEST_CASE("sharing something that is not there is a failure that names it") {
  const tests::TempFolder folder;
  const auto shared = let_group_use(folder / "missing");
  REQUIRE_FALSE(shared.ok());
  CHECK(shared.failure().what.find("missing") != std::string::npos);
}
