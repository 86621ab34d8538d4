#include "agent/cli/capture_file.h"

#include "agent/api/content_type.h"
#include "agent/api/tuning.h"
#include "agent/cli/tuning.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"
#include "platform/file_presence.h"

namespace fieldsync::cli {
namespace {

using base::Cause;
using platform::FileInfo;
using platform::FileType;

std::string shown(const Path& path) { return base::printable(path); }

Result<FileInfo> ordinary_file(platform::FileSystem& files, const Path& path) {
  if (path.empty()) return Failure{Cause::file_unreadable, "a file without a name"};
  TRY_ASSIGN(const FileInfo info, files.info(path));
  switch (info.type) {
    case FileType::missing:
      return Failure{Cause::file_unreadable, shown(path) + ": there is no such file"};
    case FileType::folder:
      return Failure{Cause::file_unreadable, shown(path) + ": is a folder"};
    case FileType::other:
      return Failure{Cause::file_unreadable, shown(path) + ": is a device or pipe, not a file"};
    case FileType::file:
      break;
  }
  if (const auto placeholder = platform::placeholder_reason(path)) {
    return Failure{Cause::file_empty, shown(path) + ": " + *placeholder};
  }
  if (info.size == 0) return Failure{Cause::file_empty, shown(path) + ": 0 bytes"};
  if (info.size > api::tuning::kBlobBytesMax) {
    return Failure{Cause::file_too_large, shown(path) + ": " + base::bytes_to_human(info.size) +
                                              ", the limit is " +
                                              base::bytes_to_human(api::tuning::kBlobBytesMax)};
  }
  return info;
}

Result<> check_photo(platform::File& file, const FileInfo& info, const Path& path,
                     const api::ContentType& type, std::vector<std::string>& notices) {
  if (type.media != api::Media::picture) {
    return Failure{Cause::type_not_accepted,
                   shown(path) + ": is no picture (" + std::string(type.mime) + ")"};
  }
  if (type.mime == "image/jpeg") TRY(check_jpeg(file, info.size, shown(path)));
  if (type.listed_for_photos == api::ContentType::Listed::no) {
    notices.push_back(shown(path) + ": " + std::string(type.mime) +
                      " is not on the service's list for photos; it is sent as it is");
  }
  return {};
}

Result<CaptureFile> inspect_one(platform::FileSystem& files, const Path& path, Purpose purpose,
                                std::vector<std::string>& notices) {
  TRY_ASSIGN(const FileInfo info, ordinary_file(files, path));
  TRY_ASSIGN(const std::unique_ptr<platform::File> file, files.open_read(path));
  TRY_ASSIGN(const std::string head, file->read_at(0, api::tuning::kHeadBytes));
  const std::string own_name = platform::file_name_of(path);
  CaptureFile taken{path, base::safe_file_name(own_name), info.size, info.modified, {}};
  const api::ContentType type = api::content_type_of(head, taken.name);
  taken.content_type = type.mime;
  if (purpose == Purpose::photo) TRY(check_photo(*file, info, path, type, notices));
  if (taken.name != own_name) {
    notices.push_back(base::sentence(
        {Cause::name_adjusted, shown(path) + ": is sent under the name " + taken.name}));
  }
  return taken;
}

}  // namespace

std::vector<Inspected> inspect(platform::FileSystem& files, const std::vector<Path>& paths,
                               Purpose purpose, base::WallTime now,
                               const std::function<void(base::Millis)>& pause) {
  std::vector<Inspected> all;
  std::vector<std::size_t> fresh;
  for (const Path& path : paths) {
    std::vector<std::string> notices;
    auto file = inspect_one(files, path, purpose, notices);
    if (file.ok() && now - file->modified < tuning::kFreshFile) fresh.push_back(all.size());
    all.push_back({path, std::move(file), std::move(notices)});
  }
  if (fresh.empty()) return all;
  pause(tuning::kGrowingPause);
  for (const std::size_t index : fresh) {
    const CaptureFile& before = *all[index].file;
    const auto after = files.info(before.path);
    if (!after.ok() || after->size != before.size || after->modified != before.modified) {
      all[index].file =
          Failure{Cause::file_growing, shown(before.path) + ": is still being written"};
    }
  }
  return all;
}

// A JPEG is a row of segments: FF, a marker, and for most a length of two bytes that counts itself
// (ISO/IEC 10918-1, annex B). SOS (DA) begins the first scan.
Result<> check_jpeg(platform::File& file, ByteCount size, const std::string& shown_name) {
  constexpr int kScan = 0xDA;
  constexpr int kEnd = 0xD9;
  const auto damaged = [&](ByteCount at) {
    return Failure{
        Cause::file_unreadable,
        shown_name + ": the picture is damaged before it begins (byte " + std::to_string(at) + ")"};
  };
  ByteCount at = 2;
  for (int segment = 0; segment < tuning::kJpegSegmentsMax; ++segment) {
    TRY_ASSIGN(const std::string head, file.read_at(at, 4));
    if (head.size() < 4) return damaged(at);
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(head[i]); };
    if (byte(0) != 0xFF || byte(1) == 0x00 || byte(1) == kEnd) return damaged(at);
    if (byte(1) == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (byte(1) == kScan) return {};
    const ByteCount length = byte(2) * 256 + byte(3);
    if (length < 2 || at + 2 + length > size) return damaged(at);
    at += 2 + length;
  }
  return damaged(at);
}

}  // namespace fieldsync::cli
