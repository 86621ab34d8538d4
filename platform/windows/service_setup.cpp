#include "platform/service_manager.h"
#include "platform/windows/command_line.h"
#include "platform/windows/service_control.h"

// Registering the service, and the folder that is its own.

namespace fieldsync::platform {
namespace {

using windows::service_failure;
using windows::ServiceHandle;
using windows::to_wide;

// Not in every winsvc.h.
constexpr DWORD kPreshutdownInfo = 7;  // SERVICE_CONFIG_PRESHUTDOWN_INFO
struct PreshutdownInfo {
  DWORD timeout_ms;
};

/// Restarts after a failure: soon, then with pauses in which a full disk or a bad config is mended.
constexpr DWORD kRestartPausesMs[] = {2'000, 10'000, 60'000};
/// A day without a failure counts as health.
constexpr DWORD kHealthyAfterS = 24 * 60 * 60;
/// The agent stops in under 2 s; a slow disk gets ten times as much before Windows goes down.
constexpr DWORD kPreshutdownMs = 20'000;

constexpr wchar_t kEventLogKey[] =
    L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\Fieldsync";

/// Sets one thing of a service; what the system refuses becomes a line of `missing`.
void configure(const ServiceHandle& service, DWORD what, void* value, std::string_view name,
               std::vector<std::string>& missing) {
  if (::ChangeServiceConfig2W(service.get(), what, value)) return;
  missing.push_back(std::string(name) + ": this system did not take it (error " +
                    std::to_string(::GetLastError()) + ")");
}

void configure_all(const ServiceHandle& service, const ServiceEntry& entry,
                   std::vector<std::string>& missing) {
  std::wstring text = to_wide(entry.description);
  SERVICE_DESCRIPTIONW description{text.data()};
  configure(service, SERVICE_CONFIG_DESCRIPTION, &description, "description", missing);
  SC_ACTION again[3];
  for (int i = 0; i < 3; ++i) again[i] = {SC_ACTION_RESTART, kRestartPausesMs[i]};
  SERVICE_FAILURE_ACTIONSW failures{};
  failures.dwResetPeriod = kHealthyAfterS;
  failures.cActions = 3;
  failures.lpsaActions = again;
  configure(service, SERVICE_CONFIG_FAILURE_ACTIONS, &failures, "restart after a crash", missing);
  SERVICE_FAILURE_ACTIONS_FLAG also_errors{TRUE};
  configure(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &also_errors, "restart after an error",
            missing);
  SERVICE_DELAYED_AUTO_START_INFO delayed{TRUE};
  configure(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delayed, "delayed start", missing);
  SERVICE_SID_INFO sid{SERVICE_SID_TYPE_UNRESTRICTED};
  configure(service, SERVICE_CONFIG_SERVICE_SID_INFO, &sid, "identity of the service", missing);
  wchar_t only[] = L"SeChangeNotifyPrivilege\0";
  SERVICE_REQUIRED_PRIVILEGES_INFOW privileges{only};
  configure(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, &privileges, "fewer privileges",
            missing);
  PreshutdownInfo preshutdown{kPreshutdownMs};
  configure(service, kPreshutdownInfo, &preshutdown, "time at shutdown", missing);
}

/// EventCreate.exe of Windows carries messages 1 to 1000 that are nothing but the text given.
void register_event_source(std::vector<std::string>& missing) {
  HKEY key = nullptr;
  LSTATUS done = ::RegCreateKeyExW(HKEY_LOCAL_MACHINE, kEventLogKey, 0, nullptr, 0, KEY_SET_VALUE,
                                   nullptr, &key, nullptr);
  if (done == ERROR_SUCCESS) {
    constexpr wchar_t kFile[] = L"%SystemRoot%\\System32\\EventCreate.exe";
    constexpr DWORD kTypes =
        EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
    done = ::RegSetValueExW(key, L"EventMessageFile", 0, REG_EXPAND_SZ,
                            reinterpret_cast<const BYTE*>(kFile), sizeof kFile);
    ::RegSetValueExW(key, L"TypesSupported", 0, REG_DWORD, reinterpret_cast<const BYTE*>(&kTypes),
                     sizeof kTypes);
    ::RegCloseKey(key);
  }
  if (done != ERROR_SUCCESS) {
    missing.push_back("event log: this system did not take it (error " + std::to_string(done) +
                      ")");
  }
}

}  // namespace

base::Result<std::vector<std::string>> register_service(const ServiceEntry& entry) {
  TRY_ASSIGN(const ServiceHandle manager,
             windows::open_manager(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE));
  const std::wstring name = to_wide(entry.name);
  const std::wstring title = to_wide(entry.title);
  const std::wstring line = windows::command_line(entry.program, entry.arguments);
  const std::wstring account = L"NT SERVICE\\" + name;
  TRY_ASSIGN(const ServiceHandle found, windows::open_service(entry.name, SERVICE_ALL_ACCESS));
  if (found.is_open() &&
      !::ChangeServiceConfigW(found.get(), SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START,
                              SERVICE_ERROR_NORMAL, line.c_str(), nullptr, nullptr, nullptr,
                              account.c_str(), nullptr, title.c_str())) {
    return service_failure(::GetLastError(), entry.name, "change");
  }
  const ServiceHandle made(
      found.is_open()
          ? nullptr
          : ::CreateServiceW(manager.get(), name.c_str(), title.c_str(), SERVICE_ALL_ACCESS,
                             SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL,
                             line.c_str(), nullptr, nullptr, nullptr, account.c_str(), nullptr));
  if (!found.is_open() && !made.is_open()) {
    return service_failure(::GetLastError(), entry.name, "make");
  }
  std::vector<std::string> missing;
  configure_all(found.is_open() ? found : made, entry, missing);
  register_event_source(missing);
  return missing;
}

base::Result<> unregister_service(const std::string& name) {
  TRY_ASSIGN(const ServiceHandle service, windows::open_service(name, DELETE));
  if (service.is_open() && !::DeleteService(service.get())) {
    const DWORD error = ::GetLastError();
    if (error != ERROR_SERVICE_MARKED_FOR_DELETE) return service_failure(error, name, "remove");
  }
  ::RegDeleteKeyW(HKEY_LOCAL_MACHINE, kEventLogKey);
  return {};
}

base::Result<> make_service_folder(const base::Path& folder, const std::string& service,
                                   FolderUse use) {
  const std::string sid = windows::service_sid(service);
  const std::string others =
      use == FolderUse::service_only ? "(A;OICI;FA;;;" + sid + ")" : "(A;OICI;FRFX;;;WD)";
  const std::wstring sddl = to_wide("O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)" + others);
  windows::Rights rights(sddl.c_str());
  if (::CreateDirectoryW(windows::native(folder).c_str(), rights.get())) return {};
  const DWORD error = ::GetLastError();
  if (error != ERROR_ALREADY_EXISTS) return windows::failure_of(error, folder, "create the folder");
  return rights.give_to(folder);
}

}  // namespace fieldsync::platform
