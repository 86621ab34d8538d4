#include "net/transfer_files.h"

#include <algorithm>

#include "net/tuning.h"

namespace fieldsync::net {

using base::Cause;
using base::Failure;

SavedAnswer::~SavedAnswer() {
  file_.reset();
  if (is_created_ && !is_kept_) (void)files_.remove(path_);
}

Result<> SavedAnswer::open() {
  if (is_created_) return {};
  TRY_ASSIGN(file_, files_.create(path_, platform::FileSystem::Access::owner_only));
  is_created_ = true;
  return {};
}

Result<> SavedAnswer::write(std::string_view bytes) {
  TRY(open());
  return file_->append(bytes);
}

void BodySource::set_text(std::string_view text) {
  text_ = text;
  left_ = static_cast<ByteCount>(text.size());
}

Result<> BodySource::set_file(platform::FileSystem& files, const FileSlice& slice) {
  TRY_ASSIGN(file_, files.open_read(slice.path));
  path_ = slice.path;
  at_ = slice.offset;
  left_ = slice.size;
  return {};
}

Result<ByteCount> BodySource::read(char* to, ByteCount room) {
  const ByteCount wanted = std::min({room, left_, tuning::kPieceBytes});
  if (wanted <= 0) return ByteCount{0};
  std::string read;
  std::string_view piece;
  if (file_) {
    TRY_ASSIGN(read, file_->read_at(at_, wanted));
    if (read.empty()) {
      return Failure{Cause::file_unreadable, path_ + ": became shorter while it was sent"};
    }
    piece = read;
  } else {
    piece = text_.substr(static_cast<std::size_t>(at_), static_cast<std::size_t>(wanted));
  }
  std::copy(piece.begin(), piece.end(), to);
  at_ += static_cast<ByteCount>(piece.size());
  left_ -= static_cast<ByteCount>(piece.size());
  return static_cast<ByteCount>(piece.size());
}

}  // namespace fieldsync::net
