#include "platform/windows/file_windows.h"

#include <algorithm>

#include "platform/base/check.h"

namespace fieldsync::platform::windows {
namespace {

/// One system call moves at most this much: its counts have 32 bits.
constexpr std::size_t kCallBytesMax = std::size_t{1} << 30;

OVERLAPPED at_offset(std::uint64_t offset) {
  OVERLAPPED where{};
  where.Offset = static_cast<DWORD>(offset);
  where.OffsetHigh = static_cast<DWORD>(offset >> 32);
  return where;
}

class WindowsFile final : public File {
 public:
  WindowsFile(Handle handle, Path path) : handle_(std::move(handle)), path_(std::move(path)) {}

  Result<std::string> read_at(ByteCount offset, ByteCount size) override {
    FS_CHECK(offset >= 0 && size >= 0);
    // What is asked for may be far more than there is: memory follows the file, not the wish.
    TRY_ASSIGN(const ByteCount whole, this->size());
    std::string bytes(static_cast<std::size_t>(std::clamp<ByteCount>(whole - offset, 0, size)),
                      '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      OVERLAPPED where = at_offset(static_cast<std::uint64_t>(offset) + filled);
      const auto wanted = static_cast<DWORD>(std::min(bytes.size() - filled, kCallBytesMax));
      DWORD got = 0;
      if (!::ReadFile(handle_.get(), bytes.data() + filled, wanted, &got, &where)) {
        const DWORD error = ::GetLastError();
        if (error == ERROR_HANDLE_EOF) break;  // it was cut shorter meanwhile
        return failure_of(error, path_, "read");
      }
      if (got == 0) break;
      filled += got;
    }
    bytes.resize(filled);
    return bytes;
  }

  Result<> append(std::string_view bytes) override {
    while (!bytes.empty()) {
      OVERLAPPED at_end = at_offset(~std::uint64_t{0});
      const auto wanted = static_cast<DWORD>(std::min(bytes.size(), kCallBytesMax));
      DWORD put = 0;
      if (!::WriteFile(handle_.get(), bytes.data(), wanted, &put, &at_end)) {
        return failure_of(::GetLastError(), path_, "write");
      }
      bytes.remove_prefix(put);
    }
    return {};
  }

  Result<> sync() override {
    if (!::FlushFileBuffers(handle_.get())) return failure_of(::GetLastError(), path_, "sync");
    return {};
  }

  Result<ByteCount> size() override {
    LARGE_INTEGER size{};
    if (!::GetFileSizeEx(handle_.get(), &size)) {
      return failure_of(::GetLastError(), path_, "size");
    }
    return ByteCount{size.QuadPart};
  }

 private:
  Handle handle_;
  Path path_;
};

}  // namespace

std::unique_ptr<File> make_file(Handle handle, Path path) {
  return std::make_unique<WindowsFile>(std::move(handle), std::move(path));
}

}  // namespace fieldsync::platform::windows
