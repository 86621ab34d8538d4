#include "agent/api/content_type.h"

#include <doctest/doctest.h>

#include <vector>

namespace fieldsync::api {
namespace {

using namespace std::string_view_literals;

TEST_CASE("bytes tell the type before the name does") {
  struct Row {
    std::string_view head;
    std::string_view name;
    std::string_view mime;
    Media media;
  };
  const std::vector<Row> rows{
      {"\xFF\xD8\xFF\xE0"sv, "a", "image/jpeg", Media::picture},
      {"\x89PNG\r\n\x1A\nxx"sv, "a.jpg", "image/png", Media::picture},
      {"GIF89a"sv, "a", "image/gif", Media::picture},
      {"II*\0"sv, "a", "image/tiff", Media::picture},
      {"MM\0*"sv, "a", "image/tiff", Media::picture},
      {"BM\x10\0\0\0\0\0\0\0"sv, "a", "image/bmp", Media::picture},
      {"BMW and other cars"sv, "a.txt", "text/plain", Media::document},
      {"RIFF\0\0\0\0WEBP"sv, "a", "image/webp", Media::picture},
      {"RIFF\0\0\0\0WAVE"sv, "a", "application/octet-stream", Media::unknown},
      {"\0\0\0\x18"
       "ftypheic"sv,
       "a.HEIC", "image/heic", Media::picture},
      {"\0\0\0\x18"
       "ftypmif1"sv,
       "a", "image/heif", Media::picture},
      {"\0\0\0\x18"
       "ftypqt  "sv,
       "a.mov", "video/quicktime", Media::video},
      {"\0\0\0\x18"
       "ftypisom"sv,
       "a.mp4", "video/mp4", Media::video},
      {"%PDF-1.7"sv, "a.jpg", "application/pdf", Media::document},
      {"PK\x03\x04"sv, "a.zip", "application/zip", Media::document},
      {"PK\x03\x04"sv, "a.DOCX",
       "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Media::document},
      {"AC1032"sv, "plan.dwg", "image/vnd.dwg", Media::document},
      {""sv, "", "application/octet-stream", Media::unknown},
      {"hello"sv, "a.jpg", "application/octet-stream", Media::unknown},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CAPTURE(row.mime);
    const ContentType type = content_type_of(row.head, row.name);
    CHECK(type.mime == row.mime);
    CHECK(type.media == row.media);
  }
}

}  // namespace
}  // namespace fieldsync::api
