#pragma once

#include "platform/base/types.h"

/// Every number of image work, with its arithmetic.
namespace fieldsync::image::tuning {

/// The largest sensor of a phone has 200 megapixels; a picture that claims more is a bomb. Read at
/// an eighth of its size it costs a worker some three seconds.
inline constexpr std::int64_t kPixelsMax = 220'000'000;
/// A progressive picture is held whole while it is read, two bytes a sample: 12 megapixels at full
/// colour are 72 MB. Larger ones go out whole.
inline constexpr std::int64_t kCoefficientBytesMax = 96 << 20;
/// A progressive picture has about ten scans, each of which is a pass over all of it.
inline constexpr int kScansMax = 64;
/// Segments before the first scan: pictures have a dozen, with a profile or maker notes hundreds.
inline constexpr int kSegmentsMax = 4'096;
/// What is taken over of them: EXIF and XMP are 64 kB each at most, a colour profile a few of 64.
inline constexpr base::ByteCount kCarriedBytesMax = 1 << 20;
/// Bytes read at a time.
inline constexpr base::ByteCount kReadChunk = 64 << 10;

}  // namespace fieldsync::image::tuning
