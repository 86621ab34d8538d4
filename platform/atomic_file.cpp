#include "platform/atomic_file.h"

#include <utility>

#include "platform/base/digest.h"

namespace fieldsync::platform {
namespace {

constexpr std::string_view kDraftSuffix = ".draft";
constexpr std::size_t kNameBytesMax = 255;

/// The draft's path: beside the target, so that the rename stays within one file system.
Path draft_of(const Path& target) {
  const std::string name = file_name_of(target);
  if (name.size() + kDraftSuffix.size() <= kNameBytesMax) return target + std::string(kDraftSuffix);
  // No room for the suffix: two long names must still have two drafts.
  return join(parent_of(target), base::digest_of(name).hex() + std::string(kDraftSuffix));
}

}  // namespace

AtomicFile::AtomicFile(FileSystem& files, Path target, Path draft, std::unique_ptr<File> file)
    : files_(&files),
      target_(std::move(target)),
      draft_(std::move(draft)),
      file_(std::move(file)) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : files_(other.files_),
      target_(std::move(other.target_)),
      draft_(std::exchange(other.draft_, {})),
      file_(std::move(other.file_)) {}

AtomicFile::~AtomicFile() {
  file_.reset();
  if (!draft_.empty()) (void)files_->remove(draft_);
}

Result<AtomicFile> AtomicFile::open(FileSystem& files, Path target, FileSystem::Access access) {
  Path draft = draft_of(target);
  TRY(files.remove(draft));
  TRY_ASSIGN(auto file, files.create(draft, access));
  return AtomicFile(files, std::move(target), std::move(draft), std::move(file));
}

Result<> AtomicFile::write(std::string_view bytes) {
  FS_CHECK(file_ != nullptr);
  return file_->append(bytes);
}

Result<> AtomicFile::commit() {
  FS_CHECK(file_ != nullptr);
  TRY(file_->sync());
  file_.reset();
  TRY(files_->rename(draft_, target_));
  draft_.clear();
  return files_->sync_folder(parent_of(target_));
}

Result<> write_atomically(FileSystem& files, const Path& target, std::string_view bytes,
                          FileSystem::Access access) {
  TRY_ASSIGN(AtomicFile file, AtomicFile::open(files, target, access));
  TRY(file.write(bytes));
  return file.commit();
}

}  // namespace fieldsync::platform
