#include "platform/image/jpeg_segments.h"

#include <array>
#include <string_view>

#include "platform/image/tuning.h"

namespace fieldsync::image {
namespace {

using base::ByteCount;
using base::Result;

constexpr int kFill = 0xFF;
constexpr int kStart = 0xD8;
constexpr int kEnd = 0xD9;
constexpr int kScan = 0xDA;
constexpr int kApp1 = 0xE1;
constexpr int kApp2 = 0xE2;

bool is_carried(int marker, std::string_view payload) {
  using namespace std::string_view_literals;
  static constexpr std::array kOfApp1 = {"Exif\0\0"sv, "http://ns.adobe.com/xap/1.0/\0"sv};
  if (marker == kApp2) return payload.starts_with("ICC_PROFILE\0"sv);
  if (marker != kApp1) return false;
  return payload.starts_with(kOfApp1[0]) || payload.starts_with(kOfApp1[1]);
}

}  // namespace

// A JPEG is a row of segments: FF, a marker, and for most a length of two bytes that counts itself
// (ISO/IEC 10918-1, annex B).
Result<std::vector<Segment>> carried_segments(platform::File& file, ByteCount size,
                                              const std::string& name) {
  const auto damaged = [&](ByteCount at) {
    return base::Failure{base::Cause::file_unreadable,
                         name + ": no picture begins in it (byte " + std::to_string(at) + ")"};
  };
  std::vector<Segment> carried;
  ByteCount carried_bytes = 0;
  TRY_ASSIGN(const std::string start, file.read_at(0, 2));
  if (start != "\xFF\xD8") return damaged(0);
  ByteCount at = 2;
  for (int segment = 0; segment < tuning::kSegmentsMax; ++segment) {
    TRY_ASSIGN(const std::string head, file.read_at(at, 4));
    if (head.size() < 4) return damaged(at);
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(head[i]); };
    const int marker = byte(1);
    if (byte(0) != 0xFF || marker == 0 || marker == kStart || marker == kEnd) return damaged(at);
    if (marker == kFill) {
      ++at;
      continue;
    }
    if (marker == kScan) return carried;
    const ByteCount length = byte(2) * 256 + byte(3);
    if (length < 2 || at + 2 + length > size) return damaged(at);
    const bool is_application = marker == kApp1 || marker == kApp2;
    if (is_application && carried_bytes + length <= tuning::kCarriedBytesMax) {
      TRY_ASSIGN(std::string payload, file.read_at(at + 4, length - 2));
      if (is_carried(marker, payload)) {
        carried_bytes += length;
        carried.push_back({marker, std::move(payload)});
      }
    }
    at += 2 + length;
  }
  return damaged(at);
}

}  // namespace fieldsync::image
