#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <thread>

#include "platform/host.h"
#include "platform/posix/descriptor.h"
#include "platform/posix/system_bus.h"
#include "platform/power_monitor.h"
#include "platform/tuning.h"

namespace fieldsync::platform {
namespace {

using posix::Bus;
using posix::Descriptor;

/// Sleeps in poll(2) on a thread of its own, which alone uses the bus.
class LogindMonitor final : public PowerMonitor {
 public:
  LogindMonitor(EventLoop& loop, std::function<void(PowerEvent)> told, Bus bus,
                Descriptor stop_reading, Descriptor stop_writing)
      : loop_(loop),
        told_(std::make_shared<std::function<void(PowerEvent)>>(std::move(told))),
        clock_(make_system_clock()),
        bus_(std::move(bus)),
        stop_reading_(std::move(stop_reading)),
        stop_writing_(std::move(stop_writing)),
        thread_([this] { watch(); }) {}

  ~LogindMonitor() override {
    // Closing the writing end wakes the poll.
    { const Descriptor closed = std::move(stop_writing_); }
    thread_.join();
  }

 private:
  static int on_signal(sd_bus_message* message, void* self, sd_bus_error*) {
    int sleeps = 0;
    if (sd_bus_message_read(message, "b", &sleeps) >= 0) {
      static_cast<LogindMonitor*>(self)->tell(sleeps ? PowerEvent::falls_asleep
                                                     : PowerEvent::woke_up);
    }
    return 0;
  }

  void tell(PowerEvent event) {
    const base::Instant now = clock_->now();
    const auto last = last_.find(event);
    if (last != last_.end() && now - last->second < tuning::kPowerQuiet) return;
    last_[event] = now;
    loop_.post([event, told = std::weak_ptr(told_)] {
      if (const auto call = told.lock()) (*call)(event);
    });
  }

  void watch() {
    if (sd_bus_match_signal(bus_.get(), nullptr, nullptr, "/org/freedesktop/login1",
                            "org.freedesktop.login1.Manager", "PrepareForSleep", on_signal,
                            this) < 0) {
      return;
    }
    for (;;) {
      const int done = sd_bus_process(bus_.get(), nullptr);
      // A bus that is gone, as when it is upgraded, tells nothing any more: links and time do.
      if (done < 0) return;
      if (done > 0) continue;
      const auto events = static_cast<short>(sd_bus_get_events(bus_.get()));
      std::array<pollfd, 2> on{
          {{sd_bus_get_fd(bus_.get()), events, 0}, {stop_reading_.number(), POLLIN, 0}}};
      const int ready = posix::retried([&] { return ::poll(on.data(), on.size(), -1); });
      if (ready < 0 || on[1].revents != 0) return;
    }
  }

  EventLoop& loop_;
  std::shared_ptr<std::function<void(PowerEvent)>> told_;
  std::unique_ptr<Clock> clock_;
  std::map<PowerEvent, base::Instant> last_;
  Bus bus_;
  Descriptor stop_reading_, stop_writing_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<PowerMonitor> watch_power(EventLoop& loop, std::function<void(PowerEvent)> told) {
  Bus bus = posix::open_system_bus();
  std::array<int, 2> ends{};
  if (!bus || ::pipe2(ends.data(), O_CLOEXEC) != 0) return nullptr;
  return std::make_unique<LogindMonitor>(loop, std::move(told), std::move(bus), Descriptor(ends[0]),
                                         Descriptor(ends[1]));
}

}  // namespace fieldsync::platform
