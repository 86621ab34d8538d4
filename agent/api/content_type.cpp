#include "agent/api/content_type.h"

#include <array>

#include "platform/base/text.h"

namespace fieldsync::api {
namespace {

using Listed = ContentType::Listed;
using namespace std::string_view_literals;

constexpr ContentType kNothingKnown{"application/octet-stream"};

struct Signature {
  std::string_view bytes;
  ContentType type;
};

/// Signatures at offset 0, as the formats' specifications give them.
constexpr std::array<Signature, 9> kSignatures{{
    {"\xFF\xD8\xFF"sv, {"image/jpeg", Media::picture, Listed::yes}},
    {"\x89PNG\r\n\x1A\n"sv, {"image/png", Media::picture, Listed::yes}},
    {"GIF87a"sv, {"image/gif", Media::picture, Listed::yes}},
    {"GIF89a"sv, {"image/gif", Media::picture, Listed::yes}},
    {"II*\0"sv, {"image/tiff", Media::picture, Listed::yes}},
    {"MM\0*"sv, {"image/tiff", Media::picture, Listed::yes}},
    {"%PDF-"sv, {"application/pdf", Media::document}},
    {"PK\x03\x04"sv, {"application/zip", Media::document}},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, {"application/x-ole-storage", Media::document}},
}};

/// Brands of ISO base media files (the four bytes after `ftyp`).
constexpr std::array<Signature, 10> kBrands{{
    {"heic"sv, {"image/heic", Media::picture}},
    {"heix"sv, {"image/heic", Media::picture}},
    {"heim"sv, {"image/heic", Media::picture}},
    {"heis"sv, {"image/heic", Media::picture}},
    {"hevc"sv, {"image/heic-sequence", Media::picture}},
    {"mif1"sv, {"image/heif", Media::picture}},
    {"msf1"sv, {"image/heif-sequence", Media::picture}},
    {"avif"sv, {"image/avif", Media::picture}},
    {"qt  "sv, {"video/quicktime", Media::video}},
    {"M4V "sv, {"video/x-m4v", Media::video}},
}};

struct Extension {
  std::string_view extension;
  std::string_view mime;
};

/// Office files are ZIP or OLE archives inside: their name says which.
constexpr std::array<Extension, 12> kExtensions{{
    {"txt", "text/plain"},
    {"csv", "text/csv"},
    {"rtf", "application/rtf"},
    {"doc", "application/msword"},
    {"xls", "application/vnd.ms-excel"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"msg", "application/vnd.ms-outlook"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"dwg", "image/vnd.dwg"},
    {"dxf", "image/vnd.dxf"},
}};

ContentType from_bytes(std::string_view head) {
  for (const Signature& signature : kSignatures) {
    if (head.starts_with(signature.bytes)) return signature.type;
  }
  if (head.size() >= 12 && head.substr(4, 4) == "ftyp") {
    for (const Signature& brand : kBrands) {
      if (head.substr(8, 4) == brand.bytes) return brand.type;
    }
    return {"video/mp4", Media::video};
  }
  if (head.starts_with("RIFF") && head.size() >= 12 && head.substr(8, 4) == "WEBP") {
    return {"image/webp", Media::picture};
  }
  // Two letters are common in texts; a bitmap has four zero bytes at 6 as well.
  if (head.starts_with("BM") && head.size() >= 10 && head.substr(6, 4) == "\0\0\0\0"sv) {
    return {"image/bmp", Media::picture, Listed::yes};
  }
  return kNothingKnown;
}

}  // namespace

ContentType content_type_of(std::string_view head, std::string_view name) {
  const ContentType told = from_bytes(head);
  if (told.media != Media::unknown && told.mime != "application/zip" &&
      told.mime != "application/x-ole-storage") {
    return told;
  }
  const auto dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    const std::string extension = base::to_lower_ascii(name.substr(dot + 1));
    for (const Extension& known : kExtensions) {
      if (extension == known.extension) return {known.mime, Media::document};
    }
  }
  return told;
}

}  // namespace fieldsync::api
