#include "platform/image/jpeg_segments.h"
#include "platform/image/reduce_jpeg.h"
#include "tests/fuzz/target.h"
#include "tests/support/memory_file.h"

/// Photographs that people hand in, made smaller: the first byte chooses the size, the rest is the
/// file.
namespace fieldsync::fuzz {

void fuzz_one(std::string_view input) {
  if (input.empty()) return;
  const int longest_side = 1 + static_cast<unsigned char>(input.front()) % 64;
  const std::string bytes(input.substr(1));
  tests::MemoryFile file(bytes);
  const auto small = image::reduce_jpeg(file, longest_side, "a.jpg");
  if (!small.ok()) return expect_clear(small.failure());
  expect(std::max(small->width, small->height) == longest_side, "as long as it was to be");
  expect(small->from_width >= small->width && small->from_height >= small->height, "smaller");

  tests::MemoryFile made(small->jpeg);
  const auto size = static_cast<base::ByteCount>(small->jpeg.size());
  const auto carried = image::carried_segments(made, size, "a.jpg");
  const auto given =
      image::carried_segments(file, static_cast<base::ByteCount>(bytes.size()), "a.jpg");
  expect(carried.ok() && given.ok(), "what was made is a picture");
  expect(carried->size() == given->size(), "EXIF and profile are taken over");
  for (std::size_t i = 0; i < carried->size(); ++i) {
    expect((*carried)[i].payload == (*given)[i].payload, "byte by byte");
  }
  const auto again = image::reduce_jpeg(made, longest_side, "a.jpg");
  expect(!again.ok() && again.failure().cause == base::Cause::type_not_accepted,
         "what is small is not made smaller");
}

}  // namespace fieldsync::fuzz
