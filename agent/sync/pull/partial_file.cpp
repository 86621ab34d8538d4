#include "agent/sync/pull/partial_file.h"

#include "agent/sync/pull/tuning.h"
#include "storage/tuning.h"

namespace fieldsync::sync {

using base::ByteCount;
using base::Cause;
using base::Done;
using base::Failure;
using base::Path;
using base::Result;
using platform::FileInfo;
using platform::FileType;

PartialFile::PartialFile(platform::FileSystem& disk, const storage::BlobStore& files,
                         const storage::RecordKey& key, std::string_view slot)
    : disk_(disk) {
  std::string identity;
  for (const std::string_view part :
       {std::string_view(key.remote.raw()), std::string_view(key.project.raw()),
        std::string_view(key.kind.raw()), std::string_view(key.id.raw()), slot}) {
    identity.append(part).push_back('\0');
  }
  folder_ = files.partial_folder(base::digest_of(identity));
}

/// Twelve digits: names in the order of their offsets.
Path PartialFile::path_of(ByteCount offset) const {
  const std::string digits = std::to_string(offset);
  return platform::join(folder_,
                        std::string(12 - std::min<std::size_t>(12, digits.size()), '0') + digits);
}

Result<> PartialFile::look() {
  offsets_.clear();
  size_ = 0;
  TRY_ASSIGN(const FileInfo folder, disk_.info(folder_));
  if (folder.type != FileType::folder) return Done{};
  TRY_ASSIGN(const auto names, disk_.list(folder_));
  for (const std::string& name : names) {
    const Path path = platform::join(folder_, name);
    const bool is_next =
        path == path_of(size_) && static_cast<int>(offsets_.size()) < tuning::kPiecesMax;
    TRY_ASSIGN(const FileInfo piece, disk_.info(path));
    if (!is_next || piece.type != FileType::file || piece.size == 0) {
      TRY(disk_.remove(path));
      continue;
    }
    offsets_.push_back(size_);
    size_ += piece.size;
  }
  return Done{};
}

Result<> PartialFile::forget() {
  offsets_.clear();
  size_ = 0;
  TRY_ASSIGN(const FileInfo folder, disk_.info(folder_));
  return folder.type == FileType::missing ? Done{} : disk_.remove_tree(folder_);
}

Result<> PartialFile::take(const Path& piece, ByteCount size) {
  TRY_ASSIGN(const FileInfo info, disk_.info(piece));
  if (info.size != size) {
    return Failure{Cause::disk_error, piece + ": " + std::to_string(size) + " bytes came, " +
                                          std::to_string(info.size) + " are there"};
  }
  if (static_cast<int>(offsets_.size()) >= tuning::kPiecesMax) {
    return Failure{Cause::limit_reached, piece + ": the file comes in too many pieces"};
  }
  {
    TRY_ASSIGN(const auto file, disk_.open_read(piece));
    TRY(file->sync());
  }
  if (offsets_.empty()) TRY(disk_.make_folder(folder_));
  TRY(disk_.rename(piece, path_of(size_)));
  offsets_.push_back(size_);
  size_ += size;
  return Done{};
}

Result<Path> PartialFile::join(const Path& to) const {
  TRY_ASSIGN(const auto whole, disk_.create(to, platform::FileSystem::Access::owner_only));
  for (const ByteCount offset : offsets_) {
    TRY_ASSIGN(const auto piece, disk_.open_read(path_of(offset)));
    for (ByteCount at = 0;;) {
      TRY_ASSIGN(const std::string bytes, piece->read_at(at, storage::tuning::kCopyChunk));
      if (bytes.empty()) break;
      TRY(whole->append(bytes));
      at += static_cast<ByteCount>(bytes.size());
    }
  }
  return to;
}

}  // namespace fieldsync::sync
