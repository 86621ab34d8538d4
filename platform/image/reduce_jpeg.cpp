#include "platform/image/reduce_jpeg.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <memory>
#include <optional>

// jpeglib.h needs the types of stdio before it, jerror.h those of jpeglib.
#include <jpeglib.h>

#include <jerror.h>

#include "platform/image/area_shrink.h"
#include "platform/image/jpeg_segments.h"
#include "platform/image/tuning.h"

namespace fieldsync::image {
namespace {

using base::ByteCount;
using base::Cause;
using base::Failure;
using base::Result;

/// How the small picture is written: fine enough to read a label on it, some 250 kB at 1600 pixels.
constexpr int kQuality = 75;

/// One reduction. libjpeg reports its errors by a jump out of itself: whatever has to be tidied up
/// is a member here, and no frame that is jumped over holds anything of the kind.
class Reduction {
 public:
  Reduction(platform::File& file, int longest_side, const std::string& name)
      : file_(file), longest_side_(longest_side), name_(name) {}
  ~Reduction() {
    jpeg_destroy_compress(&out_);
    jpeg_destroy_decompress(&in_);
  }
  Reduction(const Reduction&) = delete;
  Reduction& operator=(const Reduction&) = delete;

  Result<SmallPicture> run();

 private:
  static Reduction& of(j_common_ptr library) {
    return *static_cast<Reduction*>(library->client_data);
  }
  static void on_error(j_common_ptr library);
  static void on_message(j_common_ptr library, int level);
  static void on_progress(j_common_ptr library);
  static void on_nothing(j_decompress_ptr) {}
  static boolean on_more(j_decompress_ptr library);
  static void on_skip(j_decompress_ptr library, long bytes);
  static void on_begin(j_compress_ptr library);
  static boolean on_full(j_compress_ptr library);
  static void on_end(j_compress_ptr library);

  [[noreturn]] void refuse(Cause cause, const char* why);
  bool read_more();
  void reduce();
  void check_picture();
  void choose_sizes();
  void begin_writing();
  void copy_rows();

  platform::File& file_;
  const int longest_side_;
  const std::string& name_;
  std::vector<Segment> segments_;

  jpeg_error_mgr errors_{};
  jpeg_source_mgr source_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct in_{};
  jpeg_compress_struct out_{};
  std::jmp_buf way_out_;
  jpeg_destination_mgr target_{};
  std::array<JOCTET, tuning::kReadChunk> full_{};
  std::string written_;

  ByteCount at_ = 0;
  std::string chunk_;
  std::optional<Failure> failure_;
  int width_ = 0, height_ = 0;
  std::vector<JSAMPLE> line_;
  std::unique_ptr<AreaShrink> shrink_;
};

void Reduction::refuse(Cause cause, const char* why) {
  if (!failure_) failure_ = Failure{cause, name_ + ": " + why};
  std::longjmp(way_out_, 1);
}

void Reduction::on_error(j_common_ptr library) {
  char text[JMSG_LENGTH_MAX];
  library->err->format_message(library, text);
  of(library).refuse(Cause::file_unreadable, text);
}

/// A warning is damage that the library would paint over. Bytes between segments are none: some
/// cameras leave them.
void Reduction::on_message(j_common_ptr library, int level) {
  if (level < 0 && library->err->msg_code != JWRN_EXTRANEOUS_DATA) on_error(library);
}

void Reduction::on_progress(j_common_ptr library) {
  if (library->is_decompressor == FALSE) return;
  const auto* in = reinterpret_cast<j_decompress_ptr>(library);
  if (in->input_scan_number > tuning::kScansMax) {
    of(library).refuse(Cause::type_not_accepted, "has too many scans");
  }
}

bool Reduction::read_more() {
  auto read = file_.read_at(at_, tuning::kReadChunk);
  if (!read.ok()) {
    failure_ = read.failure();
    return false;
  }
  chunk_ = std::move(*read);
  at_ += static_cast<ByteCount>(chunk_.size());
  return !chunk_.empty();
}

boolean Reduction::on_more(j_decompress_ptr library) {
  Reduction& self = of(reinterpret_cast<j_common_ptr>(library));
  if (!self.read_more()) self.refuse(Cause::file_unreadable, "the picture is cut short");
  library->src->next_input_byte = reinterpret_cast<const JOCTET*>(self.chunk_.data());
  library->src->bytes_in_buffer = self.chunk_.size();
  return TRUE;
}

void Reduction::on_skip(j_decompress_ptr library, long bytes) {
  jpeg_source_mgr& source = *library->src;
  if (bytes <= 0) return;
  const auto wanted = static_cast<std::size_t>(bytes);
  if (wanted <= source.bytes_in_buffer) {
    source.next_input_byte += wanted;
    source.bytes_in_buffer -= wanted;
    return;
  }
  of(reinterpret_cast<j_common_ptr>(library)).at_ +=
      static_cast<ByteCount>(wanted - source.bytes_in_buffer);
  source.bytes_in_buffer = 0;
}

void Reduction::on_begin(j_compress_ptr library) {
  Reduction& self = of(reinterpret_cast<j_common_ptr>(library));
  library->dest->next_output_byte = self.full_.data();
  library->dest->free_in_buffer = self.full_.size();
}

boolean Reduction::on_full(j_compress_ptr library) {
  Reduction& self = of(reinterpret_cast<j_common_ptr>(library));
  self.written_.append(reinterpret_cast<const char*>(self.full_.data()), self.full_.size());
  on_begin(library);
  return TRUE;
}

void Reduction::on_end(j_compress_ptr library) {
  Reduction& self = of(reinterpret_cast<j_common_ptr>(library));
  self.written_.append(reinterpret_cast<const char*>(self.full_.data()),
                       self.full_.size() - library->dest->free_in_buffer);
}

void Reduction::check_picture() {
  const bool is_plain = in_.jpeg_color_space == JCS_GRAYSCALE ||
                        in_.jpeg_color_space == JCS_YCbCr || in_.jpeg_color_space == JCS_RGB;
  if (!is_plain) refuse(Cause::type_not_accepted, "has other colours than grey or RGB (CMYK)");
  const std::int64_t pixels = std::int64_t{in_.image_width} * in_.image_height;
  if (pixels > tuning::kPixelsMax) refuse(Cause::type_not_accepted, "has too many pixels");
  if (jpeg_has_multiple_scans(&in_) == FALSE) return;
  std::int64_t held = 0;
  for (int i = 0; i < in_.num_components; ++i) {
    const jpeg_component_info& part = in_.comp_info[i];
    held += std::int64_t{part.width_in_blocks} * part.height_in_blocks * DCTSIZE2 * 2;
  }
  if (held > tuning::kCoefficientBytesMax) {
    refuse(Cause::type_not_accepted, "is progressive and too large to be held in memory");
  }
}

/// The library reads at n eighths of the size, which is fast; the rest is done here.
void Reduction::choose_sizes() {
  const auto from_width = static_cast<std::int64_t>(in_.image_width);
  const auto from_height = static_cast<std::int64_t>(in_.image_height);
  const std::int64_t longest = std::max(from_width, from_height);
  if (longest <= longest_side_) refuse(Cause::type_not_accepted, "is not larger than that");
  width_ = static_cast<int>(std::max<std::int64_t>(1, from_width * longest_side_ / longest));
  height_ = static_cast<int>(std::max<std::int64_t>(1, from_height * longest_side_ / longest));
  in_.scale_denom = 8;
  in_.scale_num = 1;
  while (in_.scale_num < 8 && longest * in_.scale_num / 8 < longest_side_) ++in_.scale_num;
  in_.out_color_space = in_.jpeg_color_space;
  in_.dct_method = JDCT_ISLOW;
}

void Reduction::begin_writing() {
  out_.dest = &target_;
  out_.image_width = static_cast<JDIMENSION>(width_);
  out_.image_height = static_cast<JDIMENSION>(height_);
  out_.input_components = in_.output_components;
  out_.in_color_space = in_.out_color_space;
  jpeg_set_defaults(&out_);
  jpeg_set_colorspace(&out_, in_.jpeg_color_space);
  jpeg_set_quality(&out_, kQuality, TRUE);
  out_.optimize_coding = TRUE;
  // EXIF wants to be the first segment, where JFIF would stand.
  if (!segments_.empty()) out_.write_JFIF_header = FALSE;
  jpeg_start_compress(&out_, TRUE);
  for (const Segment& segment : segments_) {
    jpeg_write_marker(&out_, segment.marker,
                      reinterpret_cast<const JOCTET*>(segment.payload.data()),
                      static_cast<unsigned>(segment.payload.size()));
  }
}

void Reduction::copy_rows() {
  JSAMPROW line = line_.data();
  while (in_.output_scanline < in_.output_height) {
    jpeg_read_scanlines(&in_, &line, 1);
    if (shrink_->add(line_.data()) == AreaShrink::Row::none) continue;
    auto row = const_cast<JSAMPROW>(shrink_->row());
    jpeg_write_scanlines(&out_, &row, 1);
  }
}

void Reduction::reduce() {
  jpeg_read_header(&in_, TRUE);
  check_picture();
  choose_sizes();
  jpeg_start_decompress(&in_);
  const auto rows = static_cast<int>(in_.output_height);
  const auto columns = static_cast<int>(in_.output_width);
  width_ = std::min(width_, columns);
  height_ = std::min(height_, rows);
  line_.resize(std::size_t{in_.output_width} * static_cast<std::size_t>(in_.output_components));
  shrink_ = std::make_unique<AreaShrink>(columns, rows, width_, height_, in_.output_components);
  begin_writing();
  copy_rows();
  jpeg_finish_decompress(&in_);
  jpeg_finish_compress(&out_);
}

Result<SmallPicture> Reduction::run() {
  TRY_ASSIGN(const ByteCount size, file_.size());
  TRY_ASSIGN(segments_, carried_segments(file_, size, name_));
  in_.err = out_.err = jpeg_std_error(&errors_);
  errors_.error_exit = on_error;
  errors_.emit_message = on_message;
  in_.client_data = out_.client_data = this;
  source_.init_source = source_.term_source = on_nothing;
  source_.fill_input_buffer = on_more;
  source_.skip_input_data = on_skip;
  source_.resync_to_restart = jpeg_resync_to_restart;
  progress_.progress_monitor = on_progress;
  target_.init_destination = on_begin;
  target_.empty_output_buffer = on_full;
  target_.term_destination = on_end;
  if (setjmp(way_out_) == 0) {
    jpeg_create_decompress(&in_);
    jpeg_create_compress(&out_);
    in_.src = &source_;
    in_.progress = &progress_;
    reduce();
  }
  if (failure_) return *failure_;
  SmallPicture small;
  small.jpeg = std::move(written_);
  small.width = width_;
  small.height = height_;
  small.from_width = static_cast<int>(in_.image_width);
  small.from_height = static_cast<int>(in_.image_height);
  return small;
}

}  // namespace

Result<SmallPicture> reduce_jpeg(platform::File& file, int longest_side, const std::string& name) {
  FS_CHECK(longest_side > 0);
  // On the heap: what changes after the jump's start must not live in a register.
  const auto reduction = std::make_unique<Reduction>(file, longest_side, name);
  return reduction->run();
}

}  // namespace fieldsync::image
