#include "platform/host.h"

#include "platform/base/check.h"
#include "platform/system_place.h"
#include "platform/windows/system.h"

// After windows.h, whose types it uses.
#include <bcrypt.h>

namespace fieldsync::platform {
namespace {

using windows::to_utf8;
using windows::to_wide;

std::wstring variable(const std::string& name) {
  const std::wstring wide = to_wide(name);
  const DWORD size = ::GetEnvironmentVariableW(wide.c_str(), nullptr, 0);
  std::wstring value(size, L'\0');
  if (size > 0) value.resize(::GetEnvironmentVariableW(wide.c_str(), value.data(), size));
  return value;
}

/// `folder named by a variable`/Fieldsync; empty when there is none.
base::Path our_folder(const std::string& name) {
  const base::Path folder = windows::to_path(variable(name));
  return folder.empty() ? base::Path() : join(folder, "Fieldsync");
}

bool is_there(const base::Path& path) {
  return ::GetFileAttributesW(windows::native(path).c_str()) != INVALID_FILE_ATTRIBUTES;
}

}  // namespace

std::uint64_t system_entropy() {
  std::uint64_t bits = 0;
  // Without it tokens would be guessable: no way to go on.
  FS_CHECK(::BCryptGenRandom(nullptr, reinterpret_cast<PUCHAR>(&bits), sizeof bits,
                             BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0);
  return bits;
}

std::string current_user() {
  std::wstring name(256 + 1, L'\0');  // UNLEN and its zero
  DWORD size = static_cast<DWORD>(name.size());
  if (!::GetUserNameW(name.data(), &size) || size <= 1) return "unknown";
  return to_utf8(std::wstring_view(name).substr(0, size - 1));
}

std::string machine_name() {
  std::wstring name(256, L'\0');
  DWORD size = static_cast<DWORD>(name.size());
  if (!::GetComputerNameExW(ComputerNamePhysicalDnsHostname, name.data(), &size) || size == 0) {
    return "unknown";
  }
  return to_utf8(std::wstring_view(name).substr(0, size));
}

base::Path default_state_folder() {
  const base::Path own = our_folder("LOCALAPPDATA");
  return own.empty() ? our_folder("ProgramData") : own;
}

base::Path system_config_file() { return join(our_folder("ProgramData"), "fieldsync.toml"); }

base::Path default_config_file() {
  const base::Path machine = system_config_file();
  const base::Path folder = our_folder("APPDATA");
  if (folder.empty()) return machine;
  const base::Path own = join(folder, "fieldsync.toml");
  return !is_there(own) && is_there(machine) ? machine : own;
}

std::optional<base::Path> system_state_folder(const base::Path& config_file) {
  if (config_file != system_config_file()) return std::nullopt;
  return join(parent_of(config_file), "state");
}

std::string environment(const std::string& name) { return to_utf8(variable(name)); }

}  // namespace fieldsync::platform
