#include "platform/service_host.h"

#include "platform/windows/system.h"

namespace fieldsync::platform {
namespace {

/// The one service of this process. The control manager calls plain functions, so it is a global.
class Service {
 public:
  Service(const ServiceEvents& events, const std::function<int()>& body)
      : events_(events), body_(body) {}

  /// The service's main thread.
  void run() {
    handle_ = ::RegisterServiceCtrlHandlerExW(L"", on_control, this);
    tell(SERVICE_RUNNING);
    result_ = body_();
    tell(SERVICE_STOPPED);
  }

  int result() const { return result_; }
  void stop() const {
    if (events_.stop) events_.stop();
  }

 private:
  static DWORD WINAPI on_control(DWORD control, DWORD, void*, void* self) {
    return static_cast<Service*>(self)->take(control);
  }

  DWORD take(DWORD control) {
    switch (control) {
      case SERVICE_CONTROL_STOP:
      case SERVICE_CONTROL_SHUTDOWN:
      case SERVICE_CONTROL_PRESHUTDOWN:
        tell(SERVICE_STOP_PENDING);
        stop();
        return NO_ERROR;
      case SERVICE_CONTROL_PARAMCHANGE:
        if (events_.reload) events_.reload();
        return NO_ERROR;
      case SERVICE_CONTROL_INTERROGATE:
        return NO_ERROR;
      default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
  }

  void tell(DWORD state) {
    SERVICE_STATUS status{};
    status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    status.dwCurrentState = state;
    if (state == SERVICE_RUNNING) {
      status.dwControlsAccepted =
          SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE;
    }
    if (state == SERVICE_STOP_PENDING) status.dwWaitHint = kStopHintMs;
    if (state == SERVICE_STOPPED && result_ != 0) {
      status.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
      status.dwServiceSpecificExitCode = static_cast<DWORD>(result_);
    }
    ::SetServiceStatus(handle_, &status);
  }

  /// What the control manager is told to wait for: the agent stops in under 2 s.
  static constexpr DWORD kStopHintMs = 5'000;

  const ServiceEvents& events_;
  const std::function<int()>& body_;
  SERVICE_STATUS_HANDLE handle_ = nullptr;
  int result_ = 0;
};

Service* g_service = nullptr;

void WINAPI service_main(DWORD, wchar_t**) { g_service->run(); }

BOOL WINAPI on_console(DWORD) {
  g_service->stop();
  return TRUE;
}

}  // namespace

int run_as_service(const ServiceEvents& events, const std::function<int()>& body) {
  Service service(events, body);
  g_service = &service;
  wchar_t name[] = L"";  // one service to a process: its name does not matter
  const SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {nullptr, nullptr}};
  if (::StartServiceCtrlDispatcherW(table)) return service.result();
  // No control manager started us: a person did.
  ::SetConsoleCtrlHandler(on_console, TRUE);
  const int result = body();
  ::SetConsoleCtrlHandler(on_console, FALSE);
  return result;
}

}  // namespace fieldsync::platform
