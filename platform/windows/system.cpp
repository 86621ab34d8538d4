#include "platform/windows/system.h"

#include <aclapi.h>
#include <sddl.h>

#include <algorithm>
#include <system_error>

#include "platform/base/check.h"
#include "platform/service_manager.h"
#include "platform/windows/service_control.h"

namespace fieldsync::platform::windows {
namespace {

// Not in every winerror.h.
constexpr DWORD kDiskQuotaExceeded = 1'295;

constexpr wchar_t kAnyLength[] = L"\\\\?\\";
constexpr wchar_t kAnyLengthShare[] = L"\\\\?\\UNC\\";

std::wstring absolute(const std::wstring& path) {
  const DWORD size = ::GetFullPathNameW(path.c_str(), 0, nullptr, nullptr);
  std::wstring full(size, L'\0');
  if (size > 0) full.resize(::GetFullPathNameW(path.c_str(), size, full.data(), nullptr));
  return full;
}

}  // namespace

Handle::~Handle() {
  if (is_open()) ::CloseHandle(handle_);
}

std::wstring to_wide(std::string_view text) {
  const int length = static_cast<int>(text.size());
  const int size = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), length, nullptr, 0);
  std::wstring wide(static_cast<std::size_t>(size), L'\0');
  ::MultiByteToWideChar(CP_UTF8, 0, text.data(), length, wide.data(), size);
  return wide;
}

std::string to_utf8(std::wstring_view text) {
  const int length = static_cast<int>(text.size());
  const int size =
      ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, nullptr, 0, nullptr, nullptr);
  std::string utf8(static_cast<std::size_t>(size), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, utf8.data(), size, nullptr, nullptr);
  return utf8;
}

base::Path to_path(std::wstring_view text) {
  base::Path path = to_utf8(text);
  std::replace(path.begin(), path.end(), '\\', '/');
  return path;
}

std::wstring native(const base::Path& path) {
  if (path.empty() || path.find('\0') != base::Path::npos) {
    ::SetLastError(ERROR_INVALID_NAME);
    return {};
  }
  std::wstring wide = to_wide(path);
  std::replace(wide.begin(), wide.end(), L'/', L'\\');
  if (wide.starts_with(kAnyLength)) return wide;
  wide = absolute(wide);
  if (wide.starts_with(kAnyLength) || wide.starts_with(L"\\\\.\\")) return wide;
  if (wide.starts_with(L"\\\\")) return kAnyLengthShare + wide.substr(2);
  return kAnyLength + wide;
}

base::Failure failure_of(DWORD error, std::string_view path, std::string_view doing) {
  const auto cause = [&] {
    switch (error) {
      case ERROR_DISK_FULL:
      case ERROR_HANDLE_DISK_FULL:
      case kDiskQuotaExceeded:
        return base::Cause::disk_low;
      case ERROR_FILE_NOT_FOUND:
      case ERROR_PATH_NOT_FOUND:
      case ERROR_ACCESS_DENIED:
      case ERROR_SHARING_VIOLATION:
      case ERROR_LOCK_VIOLATION:
      case ERROR_FILE_EXISTS:
      case ERROR_ALREADY_EXISTS:
      case ERROR_INVALID_NAME:
      case ERROR_BAD_PATHNAME:
      case ERROR_DIRECTORY:
      case ERROR_DIR_NOT_EMPTY:
      case ERROR_FILENAME_EXCED_RANGE:
      case ERROR_DELETE_PENDING:
        return base::Cause::file_unreadable;
      default:
        return base::Cause::disk_error;
    }
  }();
  std::string said = std::system_category().message(static_cast<int>(error));
  while (said.ends_with('\n') || said.ends_with('\r') || said.ends_with('.')) said.pop_back();
  return {cause, std::string(path) + ": " + std::string(doing) + ": " + said};
}

Rights::Rights(const wchar_t* sddl) {
  attributes_.nLength = sizeof attributes_;
  FS_CHECK(::ConvertStringSecurityDescriptorToSecurityDescriptorW(
               sddl, SDDL_REVISION_1, &attributes_.lpSecurityDescriptor, nullptr) != 0);
}

Rights::~Rights() { ::LocalFree(attributes_.lpSecurityDescriptor); }

base::Result<> Rights::give_to(const base::Path& path) const {
  BOOL is_set = FALSE;
  PACL list = nullptr;
  PSID owner = nullptr;
  ::GetSecurityDescriptorDacl(attributes_.lpSecurityDescriptor, &is_set, &list, &is_set);
  ::GetSecurityDescriptorOwner(attributes_.lpSecurityDescriptor, &owner, &is_set);
  const SECURITY_INFORMATION what = DACL_SECURITY_INFORMATION |
                                    PROTECTED_DACL_SECURITY_INFORMATION |
                                    (owner ? OWNER_SECURITY_INFORMATION : 0);
  std::wstring name = native(path);
  const DWORD error =
      ::SetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT, what, owner, nullptr, list, nullptr);
  if (error != ERROR_SUCCESS) return failure_of(error, path, "set who may use it");
  return {};
}

// P: what the folder above allows does not hold here. OI and CI: what is made inside is alike.
OwnerOnly::OwnerOnly()
    : Rights([] {
        static const std::wstring rights =
            L"D:P(A;OICI;FA;;;OW)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;" +
            to_wide(service_sid(kServiceName)) + L")";
        return rights.c_str();
      }()) {}

void start_sockets() {
  static const int started = [] {
    WSADATA about{};
    return ::WSAStartup(MAKEWORD(2, 2), &about);
  }();
  FS_CHECK(started == 0);
}

}  // namespace fieldsync::platform::windows
