#include "net/sandbox/jpeg.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <jpeglib.h>
#include <libexif/exif-data.h>

namespace fieldsync::net::sandbox {
namespace {

/// A TIFF block of the entries EXIF needs, little-endian.
class ExifBlock {
 public:
  void u16(unsigned v) {
    bytes_ += static_cast<char>(v & 255);
    bytes_ += static_cast<char>(v >> 8 & 255);
  }
  void u32(std::uint32_t v) {
    u16(v & 0xffff);
    u16(v >> 16);
  }
  void entry(unsigned tag, unsigned type, std::uint32_t count, std::uint32_t value) {
    u16(tag);
    u16(type);
    u32(count);
    u32(value);
  }
  void rational(std::uint32_t numerator, std::uint32_t denominator) {
    u32(numerator);
    u32(denominator);
  }
  void text(std::string_view t) { bytes_.append(t).push_back('\0'); }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

void write_degrees(ExifBlock& block, double degrees) {
  const double whole = std::fabs(degrees);
  const auto d = static_cast<std::uint32_t>(whole);
  const auto m = static_cast<std::uint32_t>((whole - d) * 60);
  const double seconds = ((whole - d) * 60 - m) * 60;
  block.rational(d, 1);
  block.rational(m, 1);
  block.rational(static_cast<std::uint32_t>(seconds * 100 + 0.5), 100);
}

/// IFD0 at 8 points to the Exif IFD at 38, its text at 56, and to the GPS IFD at 76 with its
/// numbers at 130.
std::string exif_segment(const JpegSpec& spec) {
  constexpr unsigned kAscii = 2, kLong = 4, kRational = 5;
  ExifBlock block;
  block.u16(0x4949);
  block.u16(42);
  block.u32(8);
  block.u16(2);
  block.entry(0x8769, kLong, 1, 38);
  block.entry(0x8825, kLong, 1, 76);
  block.u32(0);
  block.u16(1);
  block.entry(0x9003, kAscii, 20, 56);
  block.u32(0);
  block.text(spec.taken_at);
  block.u16(4);
  block.entry(0x0001, kAscii, 2, spec.latitude < 0 ? 'S' : 'N');
  block.entry(0x0002, kRational, 3, 130);
  block.entry(0x0003, kAscii, 2, spec.longitude < 0 ? 'W' : 'E');
  block.entry(0x0004, kRational, 3, 154);
  block.u32(0);
  write_degrees(block, spec.latitude);
  write_degrees(block, spec.longitude);
  return std::string("Exif\0\0", 6) + block.take();
}

/// Two bands, so that a person can tell one picture from the next.
void paint(jpeg_compress_struct& out, const JpegSpec& spec) {
  std::vector<JSAMPLE> row(static_cast<std::size_t>(spec.width) * 3);
  while (out.next_scanline < out.image_height) {
    const bool ground = out.next_scanline * 2 > out.image_height;
    for (std::size_t x = 0; x < row.size(); x += 3) {
      for (std::size_t band = 0; band < 3; ++band) {
        const auto level = static_cast<unsigned>(spec.color >> (16 - 8 * band) & 255);
        row[x + band] = static_cast<JSAMPLE>(ground ? level / 3 : level);
      }
    }
    JSAMPROW rows[] = {row.data()};
    jpeg_write_scanlines(&out, rows, 1);
  }
}

/// People's files hold anything, also where a date should be.
bool has_form_of_date(std::string_view text) {
  constexpr std::string_view kForm = "0000:00:00 00:00:00";
  return std::equal(text.begin(), text.end(), kForm.begin(), kForm.end(), [](char c, char form) {
    return form == '0' ? c >= '0' && c <= '9' : c == form;
  });
}

std::string date_of(ExifData* data) {
  const ExifEntry* entry =
      exif_content_get_entry(data->ifd[EXIF_IFD_EXIF], EXIF_TAG_DATE_TIME_ORIGINAL);
  if (!entry || entry->size < 19) return "";
  std::string text(reinterpret_cast<const char*>(entry->data), 19);
  if (!has_form_of_date(text)) return "";
  text[4] = text[7] = '-';
  text[10] = 'T';
  return text + "Z";
}

std::string degrees_of(ExifData* data, int tag, int reference_tag, char negative) {
  ExifContent* gps = data->ifd[EXIF_IFD_GPS];
  const ExifEntry* entry = exif_content_get_entry(gps, static_cast<ExifTag>(tag));
  const ExifEntry* reference = exif_content_get_entry(gps, static_cast<ExifTag>(reference_tag));
  if (!entry || entry->size < 24 || !reference || reference->size < 1) return "";
  double degrees = 0;
  double unit = 1;
  for (int i = 0; i < 3; ++i, unit *= 60) {
    const ExifRational part =
        exif_get_rational(entry->data + 8 * i, exif_data_get_byte_order(data));
    if (part.denominator == 0) return "";
    degrees += static_cast<double>(part.numerator) / part.denominator / unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", reference->data[0] == negative ? -degrees : degrees);
  return text;
}

/// Width and height from the frame header.
void read_frame(std::string_view bytes, PictureInfo& info) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  std::size_t i = 2;
  while (i + 9 < bytes.size() && at(i) == 0xff) {
    const unsigned marker = at(i + 1);
    const bool frame =
        marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) {
      info.height = at(i + 5) << 8 | at(i + 6);
      info.width = at(i + 7) << 8 | at(i + 8);
      return;
    }
    i += 2 + (static_cast<std::size_t>(at(i + 2)) << 8 | at(i + 3));
  }
}

}  // namespace

std::string make_jpeg(const JpegSpec& spec) {
  jpeg_compress_struct out;
  jpeg_error_mgr errors;
  out.err = jpeg_std_error(&errors);
  jpeg_create_compress(&out);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&out, &memory, &size);
  out.image_width = static_cast<JDIMENSION>(spec.width);
  out.image_height = static_cast<JDIMENSION>(spec.height);
  out.input_components = 3;
  out.in_color_space = JCS_RGB;
  jpeg_set_defaults(&out);
  jpeg_set_quality(&out, 80, TRUE);
  jpeg_start_compress(&out, TRUE);
  if (!spec.taken_at.empty()) {
    const std::string exif = exif_segment(spec);
    jpeg_write_marker(&out, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(exif.data()),
                      static_cast<unsigned>(exif.size()));
  }
  paint(out, spec);
  jpeg_finish_compress(&out);
  std::string bytes(reinterpret_cast<const char*>(memory), size);
  jpeg_destroy_compress(&out);
  std::free(memory);
  return bytes;
}

PictureInfo inspect_picture(std::string_view bytes) {
  PictureInfo info;
  if (!bytes.starts_with("\xff\xd8")) return info;
  read_frame(bytes, info);
  ExifData* data = exif_data_new_from_data(reinterpret_cast<const unsigned char*>(bytes.data()),
                                           static_cast<unsigned>(bytes.size()));
  if (!data) return info;
  info.taken_at = date_of(data);
  info.latitude = degrees_of(data, 0x0002, 0x0001, 'S');
  info.longitude = degrees_of(data, 0x0004, 0x0003, 'W');
  exif_data_unref(data);
  return info;
}

}  // namespace fieldsync::net::sandbox
