#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/cli/session.h"
#include "platform/file_system.h"

namespace fieldsync::cli {

/// What a file is for: a photo must be a picture; an attachment may be anything.
enum class Purpose { photo, attachment };

struct Inspected {
  Path path;  ///< as the person gave it
  Result<CaptureFile> file;
  /// What the person should know although the file is taken, one sentence each.
  std::vector<std::string> notices;
};

/// Looks at files before their bytes are taken, so that what could never be delivered is refused
/// while the person still stands beside the thing: missing, a folder, a device, 0 bytes, a
/// cloud drive's placeholder, still growing, no picture, damaged before its picture begins. One
/// entry per path, in order. `pause` is called at most once, when some file was changed just now.
std::vector<Inspected> inspect(platform::FileSystem& files, const std::vector<Path>& paths,
                               Purpose purpose, base::WallTime now,
                               const std::function<void(base::Millis)>& pause);

/// Whether a JPEG's segments lead to a first scan. What comes after is not judged: decoders show
/// what there is, and a half picture may be the only one of that wall.
Result<> check_jpeg(platform::File& file, ByteCount size, const std::string& shown_name);

}  // namespace fieldsync::cli
