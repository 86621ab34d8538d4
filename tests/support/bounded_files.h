#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "platform/file_system.h"

namespace fieldsync::tests {

/// A file system in front of the real one whose disk has `capacity` bytes for what lies below
/// `root` in folders of content (originals/, files/): a full disk without mounting one. Databases
/// do not count.
class BoundedFiles final : public platform::FileSystem {
 public:
  template <class T>
  using Result = base::Result<T>;
  using Path = platform::Path;

  explicit BoundedFiles(std::unique_ptr<platform::FileSystem> real) : real_(std::move(real)) {}

  std::filesystem::path root;
  base::ByteCount capacity = base::ByteCount{1} << 40;

  base::ByteCount used() const {
    base::ByteCount bytes = 0;
    std::error_code ignored;
    for (const char* folder : {"originals", "files"}) {
      const auto below = root / folder;
      for (std::filesystem::recursive_directory_iterator it(below, ignored), end; it != end;
           it.increment(ignored)) {
        if (it->is_regular_file(ignored)) {
          bytes += static_cast<base::ByteCount>(it->file_size(ignored));
        }
      }
    }
    return bytes;
  }
  Result<base::ByteCount> free_space(const Path&) override {
    return std::max<base::ByteCount>(0, capacity - used());
  }
  Result<std::unique_ptr<platform::File>> create(const Path& path, Access access) override {
    TRY_ASSIGN(auto file, real_->create(path, access));
    return std::unique_ptr<platform::File>(std::make_unique<BoundedFile>(*this, std::move(file)));
  }
  base::Result<> clone(const Path& from, const Path&) override {
    return base::Failure{base::Cause::disk_error, from + ": this disk shares no blocks"};
  }

  Result<platform::FileInfo> info(const Path& path) override { return real_->info(path); }
  Result<std::unique_ptr<platform::File>> open_read(const Path& path) override {
    return real_->open_read(path);
  }
  base::Result<> rename(const Path& from, const Path& to) override {
    return real_->rename(from, to);
  }
  base::Result<> remove(const Path& path) override { return real_->remove(path); }
  base::Result<> remove_tree(const Path& path) override { return real_->remove_tree(path); }
  base::Result<> make_folder(const Path& path) override { return real_->make_folder(path); }
  Result<std::vector<std::string>> list(const Path& path) override { return real_->list(path); }
  base::Result<> sync_folder(const Path& path) override { return real_->sync_folder(path); }
  Result<std::unique_ptr<platform::FileLock>> lock(const Path& path) override {
    return real_->lock(path);
  }

 private:
  class BoundedFile final : public platform::File {
   public:
    BoundedFile(BoundedFiles& disk, std::unique_ptr<platform::File> real)
        : disk_(disk), real_(std::move(real)) {}
    Result<std::string> read_at(base::ByteCount offset, base::ByteCount size) override {
      return real_->read_at(offset, size);
    }
    base::Result<> append(std::string_view bytes) override {
      if (disk_.used() + static_cast<base::ByteCount>(bytes.size()) > disk_.capacity) {
        return base::Failure{base::Cause::disk_low, "the disk is full"};
      }
      return real_->append(bytes);
    }
    base::Result<> sync() override { return real_->sync(); }
    Result<base::ByteCount> size() override { return real_->size(); }

   private:
    BoundedFiles& disk_;
    std::unique_ptr<platform::File> real_;
  };

  std::unique_ptr<platform::FileSystem> real_;
};

}  // namespace fieldsync::tests
