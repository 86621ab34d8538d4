#include "agent/try/picture.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/random.h"

// ISO/IEC 10918-1, annex B: a row of segments, each FF, a marker and a length of two bytes that
// counts itself.

namespace fieldsync::trial {
namespace {

constexpr ByteCount kSizeMin = 64 << 10;
/// What a segment's length can say, less the length itself.
constexpr ByteCount kSegmentMax = 65'533;

void add_segment(std::string& to, int marker, const std::string& content) {
  const std::size_t length = content.size() + 2;
  to += '\xFF';
  to += static_cast<char>(marker);
  to += static_cast<char>(length >> 8);
  to += static_cast<char>(length & 0xFF);
  to += content;
}

std::string noise(platform::Random& random, ByteCount size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    std::uint64_t drawn = random.next();
    for (std::size_t i = at; i < std::min(at + 8, bytes.size()); ++i, drawn >>= 8) {
      bytes[i] = static_cast<char>(drawn & 0xFF);
    }
  }
  return bytes;
}

/// One grey block of 8 by 8: tables with a single code of one bit each, "no difference" and "end of
/// block", so the scan is two zero bits, filled up with ones.
std::string grey_block() {
  std::string tail;
  add_segment(tail, 0xDB, std::string(1, '\0') + std::string(64, '\1'));
  add_segment(tail, 0xC0, std::string("\x08\x00\x08\x00\x08\x01\x01\x11\x00", 9));
  for (const char table : {'\x00', '\x10'}) {
    add_segment(tail, 0xC4,
                std::string(1, table) + '\1' + std::string(15, '\0') + std::string(1, '\0'));
  }
  add_segment(tail, 0xDA, std::string("\x01\x01\x00\x00\x3F\x00", 6));
  return tail + "\x3F\xFF\xD9";
}

}  // namespace

std::string make_picture(ByteCount size, std::uint64_t seed) {
  FS_CHECK(size >= kSizeMin);
  platform::Random random(seed);
  std::string picture = "\xFF\xD8";
  add_segment(picture, 0xE0, std::string("JFIF\0\1\1\0\0\1\0\1\0\0", 14));
  const std::string tail = grey_block();
  ByteCount room = size - static_cast<ByteCount>(picture.size() + tail.size());
  while (room > 0) {
    // The last two share what is left, so that none is shorter than its own head.
    const ByteCount whole = kSegmentMax + 4;
    const ByteCount next = room > 2 * whole || room <= whole ? std::min(room, whole) : room / 2;
    add_segment(picture, 0xEF, noise(random, next - 4));
    room -= next;
  }
  return picture + tail;
}

}  // namespace fieldsync::trial
