#include "platform/windows/service_control.h"

#include <array>

#include "platform/base/check.h"
#include "platform/service_manager.h"
#include "platform/tuning.h"

// After windows.h, whose types it uses.
#include <bcrypt.h>

// Looking at services, starting and stopping them.

namespace fieldsync::platform {
namespace windows {

base::Failure service_failure(DWORD error, std::string_view service, std::string_view doing) {
  base::Failure failure = failure_of(error, "the service " + std::string(service), doing);
  if (error == ERROR_ACCESS_DENIED) failure.what += "; it takes an administrator";
  failure.cause = base::Cause::bad_input;
  return failure;
}

base::Result<ServiceHandle> open_manager(DWORD access) {
  ServiceHandle manager(::OpenSCManagerW(nullptr, nullptr, access));
  if (!manager.is_open()) {
    return service_failure(::GetLastError(), "manager of Windows", "ask");
  }
  return manager;
}

base::Result<ServiceHandle> open_service(const std::string& name, DWORD access) {
  TRY_ASSIGN(const ServiceHandle manager, open_manager(SC_MANAGER_CONNECT));
  ServiceHandle service(::OpenServiceW(manager.get(), to_wide(name).c_str(), access));
  const DWORD error = ::GetLastError();
  if (!service.is_open() && error != ERROR_SERVICE_DOES_NOT_EXIST) {
    return service_failure(error, name, "open");
  }
  return service;
}

std::string service_sid(const std::string& name) {
  std::wstring capitals = to_wide(name);  // of letters that have no other capitals than these
  for (wchar_t& letter : capitals) {
    if (letter >= L'a' && letter <= L'z') letter = static_cast<wchar_t>(letter - L'a' + L'A');
  }
  BCRYPT_ALG_HANDLE sha1 = nullptr;
  FS_CHECK(::BCryptOpenAlgorithmProvider(&sha1, BCRYPT_SHA1_ALGORITHM, nullptr, 0) == 0);
  std::array<DWORD, 5> parts{};  // the hash's 20 bytes as five numbers
  FS_CHECK(::BCryptHash(sha1, nullptr, 0, reinterpret_cast<PUCHAR>(capitals.data()),
                        static_cast<ULONG>(capitals.size() * sizeof(wchar_t)),
                        reinterpret_cast<PUCHAR>(parts.data()), sizeof parts) == 0);
  ::BCryptCloseAlgorithmProvider(sha1, 0);
  std::string sid = "S-1-5-80";
  for (const DWORD part : parts) sid += "-" + std::to_string(part);
  return sid;
}

}  // namespace windows

namespace {

using windows::service_failure;
using windows::ServiceHandle;

base::Failure absent(const std::string& name) {
  return {base::Cause::not_found,
          "there is no service " + name + "; `fieldsync service install` makes it"};
}

base::Result<ServiceStanding> standing_of(const ServiceHandle& service, const std::string& name) {
  SERVICE_STATUS status{};
  if (!::QueryServiceStatus(service.get(), &status)) {
    return service_failure(::GetLastError(), name, "look at");
  }
  switch (status.dwCurrentState) {
    case SERVICE_STOPPED:
      return ServiceStanding::stopped;
    case SERVICE_START_PENDING:
      return ServiceStanding::starting;
    case SERVICE_STOP_PENDING:
      return ServiceStanding::stopping;
    default:
      return ServiceStanding::running;
  }
}

base::Result<> wait_until(const ServiceHandle& service, const std::string& name,
                          ServiceStanding wanted, base::Millis limit) {
  const ULONGLONG deadline = ::GetTickCount64() + static_cast<ULONGLONG>(limit.count());
  for (;;) {
    TRY_ASSIGN(const ServiceStanding now, standing_of(service, name));
    if (now == wanted) return {};
    if (wanted == ServiceStanding::running && now == ServiceStanding::stopped) {
      return base::Failure{
          base::Cause::file_unreadable,
          "the service " + name + " ended at once; the event log and its own log say why"};
    }
    if (::GetTickCount64() >= deadline) {
      return base::Failure{base::Cause::timeout, "the service " + name + " did not follow within " +
                                                     std::to_string(limit.count() / 1'000) + " s"};
    }
    ::Sleep(static_cast<DWORD>(tuning::kServicePoll.count()));
  }
}

}  // namespace

base::Result<ServiceStanding> service_standing(const std::string& name) {
  TRY_ASSIGN(const ServiceHandle service, windows::open_service(name, SERVICE_QUERY_STATUS));
  if (!service.is_open()) return ServiceStanding::absent;
  return standing_of(service, name);
}

base::Result<> start_service(const std::string& name, base::Millis limit) {
  TRY_ASSIGN(const ServiceHandle service,
             windows::open_service(name, SERVICE_START | SERVICE_QUERY_STATUS));
  if (!service.is_open()) return absent(name);
  if (!::StartServiceW(service.get(), 0, nullptr)) {
    const DWORD error = ::GetLastError();
    if (error != ERROR_SERVICE_ALREADY_RUNNING) return service_failure(error, name, "start");
  }
  return wait_until(service, name, ServiceStanding::running, limit);
}

base::Result<> stop_service(const std::string& name, base::Millis limit) {
  TRY_ASSIGN(const ServiceHandle service,
             windows::open_service(name, SERVICE_STOP | SERVICE_QUERY_STATUS));
  if (!service.is_open()) return absent(name);
  SERVICE_STATUS status{};
  if (!::ControlService(service.get(), SERVICE_CONTROL_STOP, &status)) {
    const DWORD error = ::GetLastError();
    // One that is stopping takes no second word; one that does not run has nothing to stop.
    const bool may_be_stopping = error == ERROR_SERVICE_CANNOT_ACCEPT_CTRL;
    if (error == ERROR_SERVICE_NOT_ACTIVE) return {};
    if (!may_be_stopping) return service_failure(error, name, "stop");
  }
  return wait_until(service, name, ServiceStanding::stopped, limit);
}

}  // namespace fieldsync::platform
