#include "platform/file_presence.h"

#include "platform/windows/system.h"

namespace fieldsync::platform {

std::optional<std::string> placeholder_reason(const base::Path& path) {
  // What OneDrive and its like set on files that they fetch when somebody reads them.
  constexpr DWORD kRecallOnDataAccess = 0x00400000;
  WIN32_FILE_ATTRIBUTE_DATA about{};
  if (!::GetFileAttributesExW(windows::native(path).c_str(), GetFileExInfoStandard, &about)) {
    return std::nullopt;
  }
  const DWORD attributes = about.dwFileAttributes;
  if ((attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) return std::nullopt;
  const auto size = (std::uint64_t{about.nFileSizeHigh} << 32) | about.nFileSizeLow;
  if (auto reason = stand_in_reason(path, static_cast<base::ByteCount>(size))) return reason;
  if ((attributes & (kRecallOnDataAccess | FILE_ATTRIBUTE_OFFLINE)) == 0) return std::nullopt;
  return "its bytes are in a cloud drive and not on this machine: open it once, then try again";
}

}  // namespace fieldsync::platform
