#include "platform/file_presence.h"

#include "platform/base/text.h"
#include "platform/file_system.h"

namespace fieldsync::platform {

std::optional<std::string> stand_in_reason(const base::Path& path, base::ByteCount size) {
  const std::string name = base::to_lower_ascii(file_name_of(path));
  const bool is_one = size <= 1 && (name.ends_with(".nextcloud") || name.ends_with(".owncloud"));
  if (!is_one) return std::nullopt;
  return "stands for a file that the cloud drive has not downloaded";
}

}  // namespace fieldsync::platform
