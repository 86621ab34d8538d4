#include "tests/support/pictures.h"

#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <jpeglib.h>

namespace fieldsync::tests {
namespace {

int channels_of(PictureOptions::Colours colours) {
  switch (colours) {
    case PictureOptions::Colours::grey:
      return 1;
    case PictureOptions::Colours::rgb:
      return 3;
    case PictureOptions::Colours::cmyk:
      return 4;
  }
  return 0;
}

J_COLOR_SPACE space_of(PictureOptions::Colours colours) {
  switch (colours) {
    case PictureOptions::Colours::grey:
      return JCS_GRAYSCALE;
    case PictureOptions::Colours::rgb:
      return JCS_RGB;
    case PictureOptions::Colours::cmyk:
      return JCS_CMYK;
  }
  return JCS_UNKNOWN;
}

struct Errors {
  jpeg_error_mgr manager;
  std::jmp_buf way_out;
};

}  // namespace

std::string make_jpeg(const PictureOptions& options) {
  jpeg_compress_struct out{};
  jpeg_error_mgr errors{};
  out.err = jpeg_std_error(&errors);
  jpeg_create_compress(&out);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&out, &bytes, &size);
  const int channels = channels_of(options.colours);
  out.image_width = static_cast<JDIMENSION>(options.width);
  out.image_height = static_cast<JDIMENSION>(options.height);
  out.input_components = channels;
  out.in_color_space = space_of(options.colours);
  jpeg_set_defaults(&out);
  jpeg_set_quality(&out, options.quality, TRUE);
  if (options.form == PictureOptions::Form::progressive) jpeg_simple_progression(&out);
  jpeg_start_compress(&out, TRUE);
  if (!options.exif.empty()) {
    jpeg_write_marker(&out, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(options.exif.data()),
                      static_cast<unsigned>(options.exif.size()));
  }
  std::vector<JSAMPLE> row(static_cast<std::size_t>(options.width * channels));
  std::uint32_t grain = 1;
  for (int y = 0; y < options.height; ++y) {
    for (int x = 0; x < options.width; ++x) {
      grain = grain * 1'664'525 + 1'013'904'223;
      const int shade = x * 200 / options.width + static_cast<int>(grain >> 27);
      for (int c = 0; c < channels; ++c) {
        row[static_cast<std::size_t>(x * channels + c)] = static_cast<JSAMPLE>(shade);
      }
    }
    JSAMPROW line = row.data();
    jpeg_write_scanlines(&out, &line, 1);
  }
  jpeg_finish_compress(&out);
  std::string jpeg(reinterpret_cast<const char*>(bytes), size);
  jpeg_destroy_compress(&out);
  std::free(bytes);
  return jpeg;
}

std::string exif_with_orientation(int orientation) {
  std::string exif("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0", 32);
  exif[25] = static_cast<char>(orientation);
  return exif;
}

PictureFacts read_jpeg(const std::string& jpeg) {
  PictureFacts facts;
  jpeg_decompress_struct in{};
  Errors errors{};
  in.err = jpeg_std_error(&errors.manager);
  in.client_data = &errors;
  errors.manager.error_exit = [](j_common_ptr library) {
    std::longjmp(static_cast<Errors*>(library->client_data)->way_out, 1);
  };
  std::vector<JSAMPLE> row;
  if (setjmp(errors.way_out) != 0) {
    jpeg_destroy_decompress(&in);
    return {};
  }
  jpeg_create_decompress(&in);
  jpeg_mem_src(&in, reinterpret_cast<const unsigned char*>(jpeg.data()), jpeg.size());
  jpeg_read_header(&in, TRUE);
  in.out_color_space = JCS_GRAYSCALE;
  jpeg_start_decompress(&in);
  row.resize(in.output_width);
  const auto width = static_cast<int>(in.output_width);
  while (in.output_scanline < in.output_height) {
    JSAMPROW line = row.data();
    jpeg_read_scanlines(&in, &line, 1);
    for (int x = 0; x < width / 4; ++x) {
      facts.left += row[static_cast<std::size_t>(x)];
      facts.right += row[static_cast<std::size_t>(width - 1 - x)];
    }
  }
  facts.width = width;
  facts.height = static_cast<int>(in.output_height);
  const double samples = double(width / 4) * double(facts.height);
  facts.left /= samples;
  facts.right /= samples;
  jpeg_finish_decompress(&in);
  jpeg_destroy_decompress(&in);
  return facts;
}

}  // namespace fieldsync::tests
