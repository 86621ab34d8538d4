#include "platform/power_monitor.h"

#include <memory>
#include <mutex>

#include "platform/windows/person_came.h"
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

void post(const std::weak_ptr<Told>& weak, PowerEvent event) {
  const auto told = weak.lock();
  if (!told) return;
  told->loop.post([weak, event] {
    if (const auto at_post = weak.lock()) at_post->call(event);
  });
}

/// The monitor that hears of people; there is one in a service.
std::mutex g_mutex;
std::weak_ptr<Told> g_watching;

class WindowsPower final : public PowerMonitor {
 public:
  WindowsPower(EventLoop& loop, std::function<void(PowerEvent)> told)
      : told_(std::make_shared<Told>(Told{loop, std::move(told)})), weak_(told_) {
    Subscription wish{on_power, &weak_};
    const auto begin = power_call<Register>("PowerRegisterSuspendResumeNotification");
    if (begin && begin(kCallback, &wish, &registered_) != NO_ERROR) registered_ = nullptr;
    const std::lock_guard hold(g_mutex);
    g_watching = told_;
  }
  ~WindowsPower() override {
    const auto end = power_call<Unregister>("PowerUnregisterSuspendResumeNotification");
    if (registered_ && end) end(registered_);
  }

 private:
  static constexpr DWORD kCallback = 2;  // DEVICE_NOTIFY_CALLBACK

  static ULONG CALLBACK on_power(void* self, ULONG what, void*) {
    const bool sleeps = what == PBT_APMSUSPEND;
    if (!sleeps && what != PBT_APMRESUMEAUTOMATIC) return NO_ERROR;
    post(*static_cast<std::weak_ptr<Told>*>(self),
         sleeps ? PowerEvent::falls_asleep : PowerEvent::woke_up);
    return NO_ERROR;
  }

  std::shared_ptr<Told> told_;
  std::weak_ptr<Told> weak_;
  HANDLE registered_ = nullptr;
};

}  // namespace

void windows::tell_person_came() {
  const std::lock_guard hold(g_mutex);
  post(g_watching, PowerEvent::person_came);
}

std::unique_ptr<PowerMonitor> watch_power(EventLoop& loop, std::function<void(PowerEvent)> told) {
  return std::make_unique<WindowsPower>(loop, std::move(told));
}

}  // namespace fieldsync::platform
