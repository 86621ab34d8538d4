#include "platform/secret_seal.h"

#include "platform/windows/system.h"

// After windows.h, whose types it uses.
#include <dpapi.h>

namespace fieldsync::platform {
namespace {

/// For the machine and not for one user: the agent may run under another account some day, and the
/// file's access list says who may read it at all.
constexpr DWORD kHow = CRYPTPROTECT_LOCAL_MACHINE | CRYPTPROTECT_UI_FORBIDDEN;

DATA_BLOB blob_of(const std::string& bytes) {
  auto* data = reinterpret_cast<BYTE*>(const_cast<char*>(bytes.data()));
  return {static_cast<DWORD>(bytes.size()), data};
}

/// What the system made, forgotten where it stood.
std::string taken(DATA_BLOB& made) {
  std::string bytes(reinterpret_cast<const char*>(made.pbData), made.cbData);
  ::SecureZeroMemory(made.pbData, made.cbData);
  ::LocalFree(made.pbData);
  return bytes;
}

}  // namespace

base::Result<std::string> seal_secret(const std::string& plain) {
  DATA_BLOB in = blob_of(plain);
  DATA_BLOB out{};
  if (!::CryptProtectData(&in, L"Fieldsync", nullptr, nullptr, nullptr, kHow, &out)) {
    return windows::failure_of(::GetLastError(), "a secret", "encrypt");
  }
  return taken(out);
}

base::Result<std::string> open_secret(const std::string& sealed) {
  DATA_BLOB in = blob_of(sealed);
  DATA_BLOB out{};
  if (!::CryptUnprotectData(&in, nullptr, nullptr, nullptr, nullptr, kHow, &out)) {
    return base::Failure{base::Cause::login_required,
                         "a kept secret was not encrypted by this machine"};
  }
  return taken(out);
}

}  // namespace fieldsync::platform
