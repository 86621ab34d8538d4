#pragma once

#include <string>
#include <string_view>

#include "platform/base/result.h"
#include "storage/work_types.h"

/// Archives of queued payloads and upload parts (cereal), with a version byte, compressed with zstd
/// above a size. One from a newer version is refused (newer_version), never guessed; a damaged one
/// fails with work_damaged and names its fault. Nothing else includes cereal. Any thread.
namespace fieldsync::storage {

/// The parts of an Intent that are not columns.
struct Payload {
  Document fields;
  Document base;
  std::vector<Attachment> attachments;
  std::vector<Attachment> kept = {};
  Picture picture = Picture::undecided;
  RecordId companion = {};
  bool operator==(const Payload&) const;
};

std::string encode(const Payload& payload);
/// The same of an intent, whose content is then not copied first.
std::string encode_payload(const Intent& intent);
base::Result<Payload> decode_payload(std::string_view archive);

/// How one part is to be sent.
std::string encode(const UploadPart& part);
base::Result<UploadPart> decode_part(std::string_view archive);

std::string encode(const Document& document);
base::Result<Document> decode_document(std::string_view archive);

}  // namespace fieldsync::storage
