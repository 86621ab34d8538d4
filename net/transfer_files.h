#pragma once

#include <memory>
#include <string_view>

#include "net/http.h"
#include "platform/file_system.h"

/// The files of an exchange: what an answer is saved to and what a body is read from. One thread at
/// a time.
namespace fieldsync::net {

/// The file an answer goes to. Removed again unless `keep` was called.
class SavedAnswer {
 public:
  SavedAnswer(platform::FileSystem& files, Path path) : files_(files), path_(std::move(path)) {}
  ~SavedAnswer();
  SavedAnswer(const SavedAnswer&) = delete;
  SavedAnswer& operator=(const SavedAnswer&) = delete;

  /// Creates the file, unless that is done.
  Result<> open();
  Result<> write(std::string_view bytes);
  void close() { file_.reset(); }
  void keep() { is_kept_ = true; }

 private:
  platform::FileSystem& files_;
  Path path_;
  std::unique_ptr<platform::File> file_;
  bool is_created_ = false;
  bool is_kept_ = false;
};

/// The bytes a request sends, piece by piece from memory or disk. There is no way back to the
/// start: that keeps libcurl from repeating a request on its own when a kept-alive connection dies
/// under it, which could create a record twice (promise P2).
class BodySource {
 public:
  /// `text` must outlive the source.
  void set_text(std::string_view text);
  Result<> set_file(platform::FileSystem& files, const FileSlice& slice);
  ByteCount size() const { return left_; }

  /// Up to `room` bytes into `to`; 0 at the end.
  Result<ByteCount> read(char* to, ByteCount room);

 private:
  std::string_view text_;
  std::unique_ptr<platform::File> file_;
  Path path_;
  ByteCount at_ = 0;
  ByteCount left_ = 0;
};

}  // namespace fieldsync::net
