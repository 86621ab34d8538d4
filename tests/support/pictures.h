#pragma once

#include <string>

/// Pictures made for tests: grain on a gradient, so that they have a size and a shape to compare.
namespace fieldsync::tests {

struct PictureOptions {
  int width = 2400;
  int height = 1800;
  int quality = 95;
  enum class Form { baseline, progressive } form = Form::baseline;
  enum class Colours { rgb, grey, cmyk } colours = Colours::rgb;
  std::string exif = {};  ///< payload of APP1 without its length; empty: none
};
/// The bytes of a JPEG.
std::string make_jpeg(const PictureOptions& options = {});

/// A payload of APP1 with one tag, the orientation (1 to 8), in big-endian TIFF.
std::string exif_with_orientation(int orientation);

struct PictureFacts {
  int width = 0, height = 0;
  double left = 0, right = 0;  ///< mean brightness of the left and the right quarter
};
/// Decodes a JPEG; width 0 when it is none.
PictureFacts read_jpeg(const std::string& jpeg);

}  // namespace fieldsync::tests
