#pragma once

#include <string>
#include <utility>

#include "platform/file_system.h"

namespace fieldsync::tests {

/// Bytes as a file that is read.
class MemoryFile final : public platform::File {
 public:
  explicit MemoryFile(std::string bytes) : bytes_(std::move(bytes)) {}
  base::Result<std::string> read_at(base::ByteCount offset, base::ByteCount size) override {
    const auto at = static_cast<std::size_t>(offset);
    return at >= bytes_.size() ? std::string() : bytes_.substr(at, static_cast<std::size_t>(size));
  }
  base::Result<> append(std::string_view bytes) override {
    bytes_.append(bytes);
    return {};
  }
  base::Result<> sync() override { return {}; }
  base::Result<base::ByteCount> size() override {
    return static_cast<base::ByteCount>(bytes_.size());
  }

 private:
  std::string bytes_;
};

}  // namespace fieldsync::tests
