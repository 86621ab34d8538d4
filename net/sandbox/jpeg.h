#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// True little JPEGs with the EXIF a phone writes, and the look back at a picture's facts.
namespace fieldsync::net::sandbox {

struct JpegSpec {
  int width = 64;
  int height = 48;
  std::uint32_t color = 0x808080;  ///< of the sky; the ground is darker
  std::string taken_at;            ///< "2026:09-24"-like EXIF form, "2026:09:24 13:58:02"; or ""
  double latitude = 0;             ///< degrees; 0 and 0: no position
  double longitude = 0;
};
std::string make_jpeg(const JpegSpec& spec);

struct PictureInfo {
  int width = 0;
  int height = 0;
  std::string taken_at;  ///< ISO 8601; "" when the picture does not say
  std::string latitude, longitude;
};
/// All zero for what is no JPEG.
PictureInfo inspect_picture(std::string_view bytes);

}  // namespace fieldsync::net::sandbox
