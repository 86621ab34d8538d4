#include "platform/posix/network_manager.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <optional>
#include <thread>

#include "tests/support/temp_folder.h"

namespace fieldsync::platform {
namespace {

using Cost = NetworkState::Cost;

/// A system bus with nobody on it but NetworkManager, for one client. `metered` is what it says;
/// nothing: there is no such service.
class OneManBus {
 public:
  explicit OneManBus(std::optional<std::uint32_t> metered) : metered_(metered) {
    listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder_ / "bus";
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    REQUIRE(::bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listening_, 1) == 0);
    ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + path).c_str(), 1);
    thread_ = std::thread([this] { serve(); });
  }
  ~OneManBus() {
    ::shutdown(listening_, SHUT_RDWR);  // in case nobody came
    thread_.join();
    ::close(listening_);
    ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
  }

 private:
  void serve() {
    const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    sd_bus* bus = nullptr;
    sd_id128_t id{};
    sd_bus_new(&bus);
    sd_bus_set_fd(bus, client, client);
    sd_bus_set_server(bus, 1, id);
    sd_bus_set_anonymous(bus, 1);
    sd_bus_add_filter(bus, nullptr, answer, this);
    sd_bus_start(bus);
    int done = 0;
    while ((done = sd_bus_process(bus, nullptr)) >= 0) {
      if (done == 0 && sd_bus_wait(bus, UINT64_MAX) < 0) break;
    }
    sd_bus_close_unref(bus);
  }

  static int answer(sd_bus_message* message, void* self, sd_bus_error*) {
    const auto metered = static_cast<OneManBus*>(self)->metered_;
    if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus", "Hello") > 0) {
      return sd_bus_reply_method_return(message, "s", ":1.1");
    }
    const bool is_asked =
        sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Properties", "Get") > 0;
    if (!is_asked) return 0;
    if (!metered) {
      return sd_bus_reply_method_errorf(message, SD_BUS_ERROR_SERVICE_UNKNOWN, "nobody there");
    }
    return sd_bus_reply_method_return(message, "v", "u", *metered);
  }

  tests::TempFolder folder_;
  std::optional<std::uint32_t> metered_;
  int listening_ = -1;
  std::thread thread_;
};

}  // namespace

TEST_CASE("what a network costs is what NetworkManager says, and nothing where it does not know") {
  const struct {
    std::optional<std::uint32_t> says;
    std::optional<Cost> cost;
  } rows[] = {{0, std::nullopt},           {1, Cost::metered},   {2, Cost::unmetered},
              {3, Cost::metered},          {4, Cost::unmetered}, {99, std::nullopt},
              {std::nullopt, std::nullopt}};
  for (const auto& row : rows) {
    CAPTURE(row.says.value_or(1'000));
    const OneManBus bus(row.says);
    CHECK(posix::cost_by_network_manager() == row.cost);
  }
}

TEST_CASE("where there is no system bus nothing is known of costs") {
  ::setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);
  CHECK_FALSE(posix::cost_by_network_manager().has_value());
  ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
}

}  // namespace fieldsync::platform
