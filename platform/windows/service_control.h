#pragma once

#include <utility>

#include "platform/windows/system.h"

namespace fieldsync::platform::windows {

/// A handle of the control manager or of a service of it.
class ServiceHandle {
 public:
  explicit ServiceHandle(SC_HANDLE handle) : handle_(handle) {}
  ServiceHandle(ServiceHandle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ServiceHandle& operator=(ServiceHandle&&) = delete;
  ~ServiceHandle() {
    if (handle_) ::CloseServiceHandle(handle_);
  }
  bool is_open() const { return handle_ != nullptr; }
  SC_HANDLE get() const { return handle_; }

 private:
  SC_HANDLE handle_;
};

/// The failure of asking the control manager: says when it takes an administrator.
base::Failure service_failure(DWORD error, std::string_view service, std::string_view doing);

base::Result<ServiceHandle> open_manager(DWORD access);
/// Closed, without a failure, when there is no such service.
base::Result<ServiceHandle> open_service(const std::string& name, DWORD access);

/// The security identifier that Windows gives the service of that name, as text: S-1-5-80 and the
/// SHA-1 of the name in capitals.
std::string service_sid(const std::string& name);

/// Under which name this program's lines stand in the event log.
inline constexpr const wchar_t* kEventSource = L"Fieldsync";

}  // namespace fieldsync::platform::windows
