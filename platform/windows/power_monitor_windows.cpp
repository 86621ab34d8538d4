#include "platform/power_monitor.h"

#include <memory>

#include "platform/windows/system.h"

namespace fieldsync::platform {
namespace {

// Of powrprof.dll; older headers do not have them.
struct Subscription {
  ULONG(CALLBACK* call)(void* context, ULONG what, void* setting);
  void* context;
};
using Register = DWORD(WINAPI*)(DWORD flags, HANDLE recipient, HANDLE* registered);
using Unregister = DWORD(WINAPI*)(HANDLE registered);

template <class Call>
Call power_call(const char* name) {
  static const HMODULE library = ::LoadLibraryW(L"powrprof.dll");
  if (!library) return nullptr;
  return reinterpret_cast<Call>(reinterpret_cast<void*>(::GetProcAddress(library, name)));
}

/// What the system's thread reaches: it outlives the monitor while a call is under way.
struct Told {
  EventLoop& loop;
  std::function<void(PowerEvent)> call;
};

class WindowsPower final : public PowerMonitor {
 public:
  WindowsPower(EventLoop& loop, std::function<void(PowerEvent)> told)
      : told_(std::make_shared<Told>(Told{loop, std::move(told)})), weak_(told_) {
    Subscription wish{on_power, &weak_};
    const auto begin = power_call<Register>("PowerRegisterSuspendResumeNotification");
    if (begin && begin(kCallback, &wish, &registered_) != NO_ERROR) registered_ = nullptr;
  }
  ~WindowsPower() override {
    const auto end = power_call<Unregister>("PowerUnregisterSuspendResumeNotification");
    if (registered_ && end) end(registered_);
  }
  bool is_watching() const { return registered_ != nullptr; }

 private:
  static constexpr DWORD kCallback = 2;  // DEVICE_NOTIFY_CALLBACK

  static ULONG CALLBACK on_power(void* self, ULONG what, void*) {
    const bool sleeps = what == PBT_APMSUSPEND;
    if (!sleeps && what != PBT_APMRESUMEAUTOMATIC) return NO_ERROR;
    const auto weak = *static_cast<std::weak_ptr<Told>*>(self);
    const PowerEvent event = sleeps ? PowerEvent::falls_asleep : PowerEvent::woke_up;
    if (const auto told = weak.lock()) {
      told->loop.post([weak, event] {
        if (const auto at_post = weak.lock()) at_post->call(event);
      });
    }
    return NO_ERROR;
  }

  std::shared_ptr<Told> told_;
  std::weak_ptr<Told> weak_;
  HANDLE registered_ = nullptr;
};

}  // namespace

std::unique_ptr<PowerMonitor> watch_power(EventLoop& loop, std::function<void(PowerEvent)> told) {
  auto monitor = std::make_unique<WindowsPower>(loop, std::move(told));
  if (!monitor->is_watching()) return nullptr;
  return monitor;
}

}  // namespace fieldsync::platform
