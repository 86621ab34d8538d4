#include "platform/service_host.h"

#include "platform/windows/person_came.h"
#include "platform/windows/service_control.h"

namespace fieldsync::platform {
namespace {

/// What the control manager is told to wait for. A start may bring large databases to the layout of
/// a new version, as long as systemd waits for that too; a stop takes under 2 s.
constexpr DWORD kStartHintMs = 600'000;
constexpr DWORD kStopHintMs = 5'000;

/// The one service of this process. The control manager calls plain functions, so it is a global.
class Service {
 public:
  Service(const ServiceEvents& events, const std::function<int()>& body)
      : events_(events), body_(body), ended_(::CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}

  /// The service's main thread.
  void run() {
    handle_ = ::RegisterServiceCtrlHandlerExW(L"", on_control, this);
    tell(SERVICE_START_PENDING);
    result_ = body_();
    tell(SERVICE_STOPPED);
  }
  void run_on_console() {
    result_ = body_();
    ::SetEvent(ended_.get());
  }

  /// Tells the control manager; any thread.
  void tell(DWORD state) {
    if (!handle_) return;
    SERVICE_STATUS status{};
    status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    status.dwCurrentState = state;
    if (state == SERVICE_RUNNING) {
      status.dwControlsAccepted = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN |
                                  SERVICE_ACCEPT_PRESHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE |
                                  SERVICE_ACCEPT_SESSIONCHANGE;
    }
    if (state == SERVICE_START_PENDING) status.dwWaitHint = kStartHintMs;
    if (state == SERVICE_STOP_PENDING) status.dwWaitHint = kStopHintMs;
    if (state == SERVICE_STOPPED && result_ != 0) {
      status.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
      status.dwServiceSpecificExitCode = static_cast<DWORD>(result_);
    }
    ::SetServiceStatus(handle_, &status);
  }

  bool has_manager() const { return handle_ != nullptr; }
  int result() const { return result_; }
  void stop() const {
    if (events_.stop) events_.stop();
  }
  /// Until the body has returned; the system sets its own limit to that.
  void wait_for_end() const { ::WaitForSingleObject(ended_.get(), INFINITE); }

 private:
  static DWORD WINAPI on_control(DWORD control, DWORD event, void*, void* self) {
    return static_cast<Service*>(self)->take(control, event);
  }

  // Sleep and waking are told to power_monitor.h by the system itself.
  DWORD take(DWORD control, DWORD event) {
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
      case SERVICE_CONTROL_SESSIONCHANGE:
        if (event == WTS_SESSION_LOGON || event == WTS_SESSION_UNLOCK) windows::tell_person_came();
        return NO_ERROR;
      case SERVICE_CONTROL_INTERROGATE:
        return NO_ERROR;
      default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
  }

  const ServiceEvents& events_;
  const std::function<int()>& body_;
  const windows::Handle ended_;
  SERVICE_STATUS_HANDLE handle_ = nullptr;
  int result_ = 0;
};

Service* g_service = nullptr;

void WINAPI service_main(DWORD, wchar_t**) { g_service->run(); }

BOOL WINAPI on_console(DWORD event) {
  g_service->stop();
  // After these the system ends the process as soon as it is answered.
  const bool is_last =
      event == CTRL_CLOSE_EVENT || event == CTRL_LOGOFF_EVENT || event == CTRL_SHUTDOWN_EVENT;
  if (is_last) g_service->wait_for_end();
  return TRUE;
}

WORD event_type(base::LogLevel level) {
  switch (level) {
    case base::LogLevel::debug:
    case base::LogLevel::info:
      return EVENTLOG_INFORMATION_TYPE;
    case base::LogLevel::warning:
      return EVENTLOG_WARNING_TYPE;
    case base::LogLevel::error:
      return EVENTLOG_ERROR_TYPE;
  }
  return EVENTLOG_ERROR_TYPE;
}

}  // namespace

int run_as_service(const ServiceEvents& events, const std::function<int()>& body) {
  Service service(events, body);
  g_service = &service;
  wchar_t name[] = L"";  // one service to a process: its name does not matter
  const SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {nullptr, nullptr}};
  if (!::StartServiceCtrlDispatcherW(table)) {
    // ERROR_FAILED_SERVICE_CONTROLLER_CONNECT: no control manager started us, a person did. Any
    // other error is no reason not to work either. Wine takes ten seconds to say it.
    ::SetConsoleCtrlHandler(on_console, TRUE);
    service.run_on_console();
    ::SetConsoleCtrlHandler(on_console, FALSE);
  }
  g_service = nullptr;
  return service.result();
}

void tell_service_state(ServiceState state) {
  if (!g_service) return;
  switch (state) {
    case ServiceState::ready:
      g_service->tell(SERVICE_RUNNING);
      return;
    case ServiceState::reloading:
      return;
    case ServiceState::stopping:
      g_service->tell(SERVICE_STOP_PENDING);
      return;
  }
}

// The control manager has no line for people and asks for no sign of life.
void tell_service_status(std::string_view) {}
std::optional<base::Millis> watchdog_interval() { return std::nullopt; }
void tell_service_alive() {}

void tell_service_failure(std::string_view why) { write_to_journal(base::LogLevel::error, why); }

bool has_journal() { return g_service && g_service->has_manager(); }

void write_to_journal(base::LogLevel level, std::string_view line) {
  const HANDLE source = ::RegisterEventSourceW(nullptr, windows::kEventSource);
  if (!source) return;
  constexpr DWORD kPlainText = 1;              // the source's messages are nothing but the text
  constexpr std::size_t kLettersMax = 30'000;  // the event log refuses more than 31,839
  const std::wstring text = windows::to_wide(line).substr(0, kLettersMax);
  const wchar_t* texts[] = {text.c_str()};
  ::ReportEventW(source, event_type(level), 0, kPlainText, nullptr, 1, 0, texts, nullptr);
  ::DeregisterEventSource(source);
}

}  // namespace fieldsync::platform
