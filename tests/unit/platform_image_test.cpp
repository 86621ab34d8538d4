#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "platform/image/area_shrink.h"
#include "platform/image/jpeg_segments.h"
#include "platform/image/reduce_jpeg.h"
#include "tests/support/memory_file.h"
#include "tests/support/pictures.h"

namespace fieldsync::tests {
namespace {

using base::Cause;
using image::SmallPicture;

base::Result<SmallPicture> reduced(const std::string& jpeg, int longest_side = 400) {
  MemoryFile file(jpeg);
  return image::reduce_jpeg(file, longest_side, "p.jpg");
}

std::vector<image::Segment> segments_of(const std::string& jpeg) {
  MemoryFile file(jpeg);
  auto segments = image::carried_segments(file, static_cast<base::ByteCount>(jpeg.size()), "p.jpg");
  REQUIRE(segments.ok());
  return *segments;
}

using Form = PictureOptions::Form;
using Colours = PictureOptions::Colours;

}  // namespace

TEST_CASE("a small picture shows the same in the same shape, whatever way it was written") {
  for (const Form form : {Form::baseline, Form::progressive}) {
    for (const Colours colours : {Colours::rgb, Colours::grey}) {
      const std::string jpeg =
          make_jpeg({.width = 1500, .height = 1000, .form = form, .colours = colours});
      const auto small = reduced(jpeg);
      REQUIRE_MESSAGE(small.ok(), (small.ok() ? "" : small.failure().what));
      CHECK(small->width == 400);
      CHECK(small->height == 266);
      CHECK(small->from_width == 1500);
      CHECK(small->from_height == 1000);
      const PictureFacts before = read_jpeg(jpeg);
      const PictureFacts after = read_jpeg(small->jpeg);
      CHECK(after.width == 400);
      CHECK(after.height == 266);
      CHECK(after.left == doctest::Approx(before.left).epsilon(0.05));
      CHECK(after.right == doctest::Approx(before.right).epsilon(0.05));
      CHECK(small->jpeg.size() * 3 < jpeg.size());
    }
  }
}

TEST_CASE(
    "a picture that stands upright stays so: EXIF is taken over byte by byte, and comes first") {
  const std::string exif = exif_with_orientation(6);
  const auto small = reduced(make_jpeg({.width = 900, .height = 1200, .exif = exif}));
  REQUIRE(small.ok());
  CHECK(small->width == 300);
  CHECK(small->height == 400);
  const auto segments = segments_of(small->jpeg);
  REQUIRE(segments.size() == 1);
  CHECK(segments[0].marker == 0xE1);
  CHECK(segments[0].payload == exif);
  CHECK(small->jpeg.substr(2, 2) == "\xFF\xE1");
}

TEST_CASE("what cannot be made smaller is refused with its reason") {
  const std::string good = make_jpeg({.width = 800, .height = 600});
  std::string endless("\xFF\xD8");
  for (int i = 0; i < 5'000; ++i) endless += std::string("\xFF\xE5\x00\x02", 4);
  std::string huge = good;  // the frame's height, behind its marker, length and precision
  const std::size_t frame = huge.find("\xFF\xC0");
  REQUIRE(frame != std::string::npos);
  huge.replace(frame + 5, 4, "\xFF\xDC\xFF\xDC");
  struct Row {
    const char* what;
    std::string jpeg;
    Cause cause;
    const char* said;
  };
  const std::vector<Row> rows = {
      {"nothing", "", Cause::file_unreadable, "no picture begins"},
      {"another format", "\x89PNG\r\n", Cause::file_unreadable, "no picture begins"},
      {"only a head", good.substr(0, 300), Cause::file_unreadable, "p.jpg"},
      {"cut in the middle", good.substr(0, good.size() / 2), Cause::file_unreadable, "cut short"},
      {"without its end", good.substr(0, good.size() - 2), Cause::file_unreadable, "cut short"},
      {"segments without end", endless, Cause::file_unreadable, "no picture begins"},
      {"a bomb", huge, Cause::type_not_accepted, "too many pixels"},
      {"ink colours", make_jpeg({.width = 800, .height = 600, .colours = Colours::cmyk}),
       Cause::type_not_accepted, "CMYK"},
      {"small already", make_jpeg({.width = 400, .height = 300}), Cause::type_not_accepted,
       "not larger"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto small = reduced(row.jpeg);
    REQUIRE_FALSE(small.ok());
    CHECK(small.failure().cause == row.cause);
    CHECK(small.failure().what.find(row.said) != std::string::npos);
  }
}

TEST_CASE("damage in the middle is no picture to rely on") {
  std::string jpeg = make_jpeg({.width = 800, .height = 600});
  for (std::size_t i = 0; i < 64; ++i) jpeg[jpeg.size() / 2 + i] = static_cast<char>(i * 37);
  const auto small = reduced(jpeg);
  if (small.ok()) CHECK(read_jpeg(small->jpeg).width == 400);  // what luck left whole
}

TEST_CASE("the mean of what each small sample covers, exactly") {
  image::AreaShrink shrink(3, 3, 2, 2, 1);
  const std::uint8_t rows[3][3] = {{10, 20, 30}, {40, 50, 60}, {70, 80, 90}};
  using Row = image::AreaShrink::Row;
  CHECK(shrink.add(rows[0]) == Row::none);
  REQUIRE(shrink.add(rows[1]) == Row::complete);
  // Weights of a third: (10*2 + 20 + (40*2 + 50)/2) / 4.5
  CHECK(shrink.row()[0] == 23);
  CHECK(shrink.row()[1] == 37);
  REQUIRE(shrink.add(rows[2]) == Row::complete);
  CHECK(shrink.row()[0] == 63);
  CHECK(shrink.row()[1] == 77);
}

TEST_CASE("real photographs become small, with their EXIF") {
  const char* folder = std::getenv("FIELDSYNC_PHOTOS");
  if (folder == nullptr) {
    MESSAGE("left out: FIELDSYNC_PHOTOS names no folder of photographs");
    return;
  }
  int made = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (!path.ends_with(".jpg")) continue;
    std::ifstream in(path, std::ios::binary);
    const std::string jpeg((std::istreambuf_iterator<char>(in)), {});
    const auto small = reduced(jpeg, 300);
    MESSAGE(path << ": " << jpeg.size() << " -> "
                 << (small.ok() ? std::to_string(small->jpeg.size()) : small.failure().what));
    if (!small.ok()) continue;
    ++made;
    const auto before = segments_of(jpeg);
    const auto after = segments_of(small->jpeg);
    REQUIRE(after.size() == before.size());
    for (std::size_t i = 0; i < after.size(); ++i) CHECK(after[i].payload == before[i].payload);
    CHECK(read_jpeg(small->jpeg).width == small->width);
  }
  CHECK(made > 0);
}

}  // namespace fieldsync::tests
