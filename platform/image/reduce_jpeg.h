#pragma once

#include <string>

#include "platform/file_system.h"

namespace fieldsync::image {

struct SmallPicture {
  std::string jpeg;
  int width = 0, height = 0;
  int from_width = 0, from_height = 0;
};

/// A smaller picture of the JPEG in `file`, its longest side `longest_side` pixels. EXIF with the
/// orientation, XMP and the colour profile are taken over byte by byte; the samples are not turned.
/// Refused, and then better sent whole: type_not_accepted for what is no JPEG of grey or RGB
/// colours (CMYK), is not larger than that already, or passes a limit of image/tuning.h;
/// file_unreadable for one that is damaged or cut short. `name` is for messages. Reads the file in
/// pieces; memory as tuning.h says, some 5 MB for an ordinary picture. Takes about a tenth of a
/// second for 12 megapixels. Any thread.
base::Result<SmallPicture> reduce_jpeg(platform::File& file, int longest_side,
                                       const std::string& name);

}  // namespace fieldsync::image
