#include "platform/network_monitor.h"

#include <memory>
#include <mutex>
#include <utility>

#include "platform/host.h"
#include "platform/tuning.h"
#include "platform/windows/system.h"

// After windows.h, whose types they use, in this order.
// clang-format off
#include <ws2ipdef.h>
#include <iphlpapi.h>
#include <netioapi.h>
// clang-format on

namespace fieldsync::platform {
namespace {

/// What the system's threads reach: it outlives the monitor while one of them is still in a call.
struct Told {
  EventLoop& loop;
  std::function<void()> changed;
  std::mutex mutex;
  int changes = 0;  ///< since it was quiet; the first was told
};

/// Tells on the loop: of the first change at once, of those that followed it a moment later.
void tell(const std::weak_ptr<Told>& weak) {
  const auto told = weak.lock();
  if (!told) return;
  {
    const std::lock_guard hold(told->mutex);
    if (++told->changes > 1) return;
  }
  told->loop.post([weak] {
    const auto at_post = weak.lock();
    if (!at_post) return;
    at_post->changed();
    const base::Instant quiet = make_system_clock()->now() + tuning::kNetworkQuiet;
    at_post->loop.call_at(quiet, [weak] {
      const auto at_quiet = weak.lock();
      if (!at_quiet) return;
      int changes = 0;
      {
        const std::lock_guard hold(at_quiet->mutex);
        changes = std::exchange(at_quiet->changes, 0);
      }
      if (changes > 1) at_quiet->changed();
    });
  });
}

/// The system calls back on threads of its own; CancelMibChangeNotify2 waits until none is left.
class WindowsMonitor final : public NetworkMonitor {
 public:
  WindowsMonitor(EventLoop& loop, std::function<void()> changed)
      : told_(std::make_shared<Told>(loop, std::move(changed))), weak_(told_) {
    ::NotifyIpInterfaceChange(AF_UNSPEC, on_interface, &weak_, FALSE, &interfaces_);
    ::NotifyUnicastIpAddressChange(AF_UNSPEC, on_address, &weak_, FALSE, &addresses_);
    ::NotifyRouteChange2(AF_UNSPEC, on_route, &weak_, FALSE, &routes_);
  }
  ~WindowsMonitor() override {
    for (HANDLE watched : {interfaces_, addresses_, routes_}) {
      if (watched) ::CancelMibChangeNotify2(watched);
    }
  }
  bool is_watching() const { return interfaces_ || addresses_ || routes_; }

 private:
  static void NETIOAPI_API_ on_interface(void* self, MIB_IPINTERFACE_ROW*, MIB_NOTIFICATION_TYPE) {
    tell(*static_cast<std::weak_ptr<Told>*>(self));
  }
  static void NETIOAPI_API_ on_address(void* self, MIB_UNICASTIPADDRESS_ROW*,
                                       MIB_NOTIFICATION_TYPE) {
    tell(*static_cast<std::weak_ptr<Told>*>(self));
  }
  static void NETIOAPI_API_ on_route(void* self, MIB_IPFORWARD_ROW2*, MIB_NOTIFICATION_TYPE) {
    tell(*static_cast<std::weak_ptr<Told>*>(self));
  }

  std::shared_ptr<Told> told_;
  std::weak_ptr<Told> weak_;
  HANDLE interfaces_ = nullptr;
  HANDLE addresses_ = nullptr;
  HANDLE routes_ = nullptr;
};

}  // namespace

std::unique_ptr<NetworkMonitor> watch_network(EventLoop& loop, std::function<void()> changed) {
  auto monitor = std::make_unique<WindowsMonitor>(loop, std::move(changed));
  if (!monitor->is_watching()) return nullptr;
  return monitor;
}

}  // namespace fieldsync::platform
