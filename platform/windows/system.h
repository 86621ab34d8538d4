#pragma once

// The order matters: winsock2.h must come before windows.h.
#include <windows.h>
#include <winsock2.h>

#include <string>
#include <string_view>
#include <utility>

#include "platform/base/result.h"
#include "platform/base/types.h"

/// What the files of this folder share. Not for use outside it.
namespace fieldsync::platform::windows {

/// An open handle, closed with its owner.
class Handle {
 public:
  Handle() = default;
  explicit Handle(HANDLE handle) : handle_(handle) {}
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Handle();
  bool is_open() const { return handle_ != nullptr && handle_ != INVALID_HANDLE_VALUE; }
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_ = nullptr;
};

/// Between UTF-8 and the system's UTF-16; what is no text becomes U+FFFD.
std::wstring to_wide(std::string_view text);
std::string to_utf8(std::wstring_view text);
/// A path of the system with `/` between its parts.
base::Path to_path(std::wstring_view text);

/// The path as system calls take it: absolute, and past the limit of 260 characters. Empty, with
/// ERROR_INVALID_NAME set, when it holds a NUL.
std::wstring native(const base::Path& path);

/// The failure that a system error means: disk_low for a full disk or quota, file_unreadable for
/// what is missing, in use or not permitted, disk_error for the rest.
base::Failure failure_of(DWORD error, std::string_view path, std::string_view doing);

/// Who may use a file or folder, as Windows writes it down (SDDL).
class Rights {
 public:
  explicit Rights(const wchar_t* sddl);
  ~Rights();
  Rights(const Rights&) = delete;
  Rights& operator=(const Rights&) = delete;
  /// For the call that makes something; lives as long as this.
  SECURITY_ATTRIBUTES* get() { return &attributes_; }
  /// Gives them, and the owner if one is named, to what is at `path`; what was inherited goes.
  base::Result<> give_to(const base::Path& path) const;

 private:
  SECURITY_ATTRIBUTES attributes_{};
};

/// This user, administrators, the system and the agent's service, and nobody by inheritance.
class OwnerOnly : public Rights {
 public:
  OwnerOnly();
};

/// Begins the use of sockets for the process, once. Any thread.
void start_sockets();

}  // namespace fieldsync::platform::windows
