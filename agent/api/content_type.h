#pragma once

#include <string>
#include <string_view>

/// What a file is, told from its first bytes and then from its name. Pure.
namespace fieldsync::api {

/// What can be done with a file's bytes as a picture.
enum class Media { picture, video, document, unknown };

struct ContentType {
  std::string_view mime;  ///< "image/jpeg"; "application/octet-stream" when nothing is known
  Media media = Media::unknown;
  /// Whether Procore lists it for photos: jpg, jpeg, gif, png, bmp, tif (facts/procore-api.md 11).
  /// Others are passed through and may be refused there.
  enum class Listed { no, yes } listed_for_photos = Listed::no;
};

/// `head` is the beginning of the file: tuning::kHeadBytes are enough. Bytes come before the name:
/// a PDF named .jpg is a PDF. The name decides only where no bytes are typical (text, office
/// files).
ContentType content_type_of(std::string_view head, std::string_view name);

}  // namespace fieldsync::api
