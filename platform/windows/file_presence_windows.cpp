#include "platform/file_presence.h"

#include "platform/windows/system.h"

namespace fieldsync::platform {

std::optional<std::string> placeholder_reason(const base::Path& path) {
  // What OneDrive and its like set on files that they fetch when somebody reads them.
  constexpr DWORD kRecallOnDataAccess = 0x00400000;
  const DWORD attributes = ::GetFileAttributesW(windows::native(path).c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) return std::nullopt;
  if ((attributes & (kRecallOnDataAccess | FILE_ATTRIBUTE_OFFLINE)) == 0) return std::nullopt;
  return "its bytes are in a cloud drive and not on this machine: open it once, then try again";
}

}  // namespace fieldsync::platform
