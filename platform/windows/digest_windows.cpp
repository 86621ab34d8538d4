#include "platform/base/digest.h"

#include "platform/base/check.h"
#include "platform/windows/system.h"

// After windows.h, whose types it uses.
#include <bcrypt.h>

namespace fieldsync::base {
namespace {

/// The system's SHA-256, opened once and kept until the process ends.
BCRYPT_ALG_HANDLE sha256() {
  static const BCRYPT_ALG_HANDLE algorithm = [] {
    BCRYPT_ALG_HANDLE opened = nullptr;
    FS_CHECK(::BCryptOpenAlgorithmProvider(&opened, BCRYPT_SHA256_ALGORITHM, nullptr, 0) == 0);
    return opened;
  }();
  return algorithm;
}

constexpr std::size_t kCallBytesMax = std::size_t{1} << 30;

}  // namespace

struct Hasher::State {
  BCRYPT_HASH_HANDLE hash = nullptr;
  ~State() { ::BCryptDestroyHash(hash); }
};

Hasher::Hasher() : state_(std::make_unique<State>()) {
  FS_CHECK(::BCryptCreateHash(sha256(), &state_->hash, nullptr, 0, nullptr, 0, 0) == 0);
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kCallBytesMax);
    auto* data = reinterpret_cast<PUCHAR>(const_cast<char*>(piece.data()));
    FS_CHECK(::BCryptHashData(state_->hash, data, static_cast<ULONG>(piece.size()), 0) == 0);
    bytes.remove_prefix(piece.size());
  }
}

Digest Hasher::finish() {
  Digest digest;
  FS_CHECK(::BCryptFinishHash(state_->hash, digest.bytes.data(),
                              static_cast<ULONG>(digest.bytes.size()), 0) == 0);
  return digest;
}

}  // namespace fieldsync::base
