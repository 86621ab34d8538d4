#include "platform/posix/file_posix.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "platform/tuning.h"

namespace fieldsync::platform::posix {
namespace {

/// Sets the disk to work on what was written, without waiting: the sync at the end finds little
/// left to do, and a large copy does not fill memory with bytes that wait. A failure shows at that
/// sync.
void start_writing([[maybe_unused]] int descriptor) {
#ifdef SYNC_FILE_RANGE_WRITE
  (void)::sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor descriptor, Path path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Result<std::string> read_at(ByteCount offset, ByteCount size) override {
    FS_CHECK(offset >= 0 && size >= 0);
    // What is asked for may be far more than there is: memory follows the file, not the wish.
    TRY_ASSIGN(const ByteCount whole, this->size());
    std::string bytes(static_cast<std::size_t>(std::clamp<ByteCount>(whole - offset, 0, size)),
                      '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const ssize_t got = retried([&] {
        return ::pread(descriptor_.number(), bytes.data() + filled, bytes.size() - filled,
                       static_cast<off_t>(offset) + static_cast<off_t>(filled));
      });
      if (got < 0) return failure_of(errno, path_, "read");
      if (got == 0) break;  // it was cut shorter meanwhile
      filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
  }

  Result<> append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t put =
          retried([&] { return ::write(descriptor_.number(), bytes.data(), bytes.size()); });
      if (put < 0) return failure_of(errno, path_, "write");
      bytes.remove_prefix(static_cast<std::size_t>(put));
      unwritten_ += put;
    }
    if (unwritten_ >= tuning::kWriteBehind) {
      start_writing(descriptor_.number());
      unwritten_ = 0;
    }
    return {};
  }

  Result<> sync() override {
    if (retried([&] { return ::fsync(descriptor_.number()); }) != 0) {
      return failure_of(errno, path_, "sync");
    }
    return {};
  }

  Result<ByteCount> size() override {
    struct stat found {};
    if (::fstat(descriptor_.number(), &found) != 0) return failure_of(errno, path_, "size");
    return static_cast<ByteCount>(found.st_size);
  }

 private:
  Descriptor descriptor_;
  Path path_;
  ByteCount unwritten_ = 0;  ///< appended since the disk was last set to work
};

}  // namespace

std::unique_ptr<File> make_file(Descriptor descriptor, Path path) {
  return std::make_unique<PosixFile>(std::move(descriptor), std::move(path));
}

}  // namespace fieldsync::platform::posix
