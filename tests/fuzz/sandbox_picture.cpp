#include "net/sandbox/jpeg.h"
#include "tests/fuzz/target.h"

/// What the sandbox reads of pictures that were uploaded: size, date and position from the EXIF.
namespace fieldsync::fuzz {

void fuzz_one(std::string_view input) {
  const auto info = net::sandbox::inspect_picture(input);
  expect(info.width >= 0 && info.width <= 0xffff, "a width is that of a JPEG");
  expect(info.height >= 0 && info.height <= 0xffff, "a height is that of a JPEG");
  expect(info.taken_at.empty() || info.taken_at.size() == 20, "a date has one form", info.taken_at);
  expect(base::is_utf8(info.taken_at), "a date is readable text", info.taken_at);
  for (const std::string& degrees : {info.latitude, info.longitude}) {
    expect(degrees.size() < 32 && base::is_utf8(degrees), "a position is a number", degrees);
  }
}

}  // namespace fieldsync::fuzz
