#pragma once

#include <string>
#include <vector>

#include "platform/file_system.h"

namespace fieldsync::image {

/// A segment of a JPEG's head that a smaller picture takes over as it is.
struct Segment {
  int marker = 0;       ///< 0xE1 (APP1), 0xE2 (APP2)
  std::string payload;  ///< behind the length
};

/// What a smaller picture of a JPEG takes over: EXIF (orientation, time, place), XMP and the colour
/// profile, in their order; others, and what is past tuning::kCarriedBytesMax, is left out.
/// file_unreadable when the segments do not lead to a first scan. `name` is for messages. Reads
/// nothing behind the head.
base::Result<std::vector<Segment>> carried_segments(platform::File& file, base::ByteCount size,
                                                    const std::string& name);

}  // namespace fieldsync::image
