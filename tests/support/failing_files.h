#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platform/file_system.h"

namespace fieldsync::tests {

/// A file system in front of another one that counts the calls which change something, notes them,
/// and lets one of them fail before it reaches the other.
class FailingFiles final : public platform::FileSystem {
 public:
  template <class T>
  using Result = base::Result<T>;
  using Path = platform::Path;

  explicit FailingFiles(platform::FileSystem& real) : real_(real) {}

  /// The call number `n` from 0 fails, as do no others.
  void fail_call(int n, base::Cause cause = base::Cause::disk_error) {
    failing_ = n;
    cause_ = cause;
  }
  const std::vector<std::string>& calls() const { return calls_; }

  base::Result<platform::FileInfo> info(const Path& path) override { return real_.info(path); }
  Result<std::unique_ptr<platform::File>> open_read(const Path& path) override {
    return real_.open_read(path);
  }
  Result<std::unique_ptr<platform::File>> create(const Path& path, Access access) override {
    TRY(step("create"));
    TRY_ASSIGN(auto file, real_.create(path, access));
    return std::unique_ptr<platform::File>(std::make_unique<FailingFile>(*this, std::move(file)));
  }
  base::Result<> rename(const Path& from, const Path& to) override {
    TRY(step("rename"));
    return real_.rename(from, to);
  }
  base::Result<> remove(const Path& path) override {
    TRY(step("remove"));
    return real_.remove(path);
  }
  base::Result<> remove_tree(const Path& path) override {
    TRY(step("remove_tree"));
    return real_.remove_tree(path);
  }
  base::Result<> make_folder(const Path& path) override {
    TRY(step("make_folder"));
    return real_.make_folder(path);
  }
  Result<std::vector<std::string>> list(const Path& path) override { return real_.list(path); }
  base::Result<> sync_folder(const Path& path) override {
    TRY(step("sync_folder"));
    return real_.sync_folder(path);
  }
  Result<base::ByteCount> free_space(const Path& path) override { return real_.free_space(path); }
  base::Result<> clone(const Path& from, const Path& to) override {
    TRY(step("clone"));
    return real_.clone(from, to);
  }
  Result<std::unique_ptr<platform::FileLock>> lock(const Path& path) override {
    return real_.lock(path);
  }

 private:
  class FailingFile final : public platform::File {
   public:
    FailingFile(FailingFiles& owner, std::unique_ptr<platform::File> real)
        : owner_(owner), real_(std::move(real)) {}
    Result<std::string> read_at(base::ByteCount offset, base::ByteCount size) override {
      return real_->read_at(offset, size);
    }
    base::Result<> append(std::string_view bytes) override {
      TRY(owner_.step("append"));
      return real_->append(bytes);
    }
    base::Result<> sync() override {
      TRY(owner_.step("sync"));
      return real_->sync();
    }
    Result<base::ByteCount> size() override { return real_->size(); }

   private:
    FailingFiles& owner_;
    std::unique_ptr<platform::File> real_;
  };

  base::Result<> step(const char* call) {
    const int number = static_cast<int>(calls_.size());
    calls_.emplace_back(call);
    if (number != failing_) return {};
    return base::Failure{cause_, std::string(call) + " fails in this test"};
  }

  platform::FileSystem& real_;
  std::vector<std::string> calls_;
  int failing_ = -1;
  base::Cause cause_ = base::Cause::disk_error;
};

}  // namespace fieldsync::tests
