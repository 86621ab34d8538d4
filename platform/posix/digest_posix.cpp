#include <openssl/evp.h>

#include "platform/base/check.h"
#include "platform/base/digest.h"

namespace fieldsync::base {

struct Hasher::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Hasher::Hasher() : state_(std::make_unique<State>()) {
  FS_CHECK(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1);
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::add(std::string_view bytes) {
  FS_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

Digest Hasher::finish() {
  Digest digest;
  unsigned int size = 0;
  FS_CHECK(EVP_DigestFinal_ex(state_->context, digest.bytes.data(), &size) == 1);
  FS_CHECK(size == digest.bytes.size());
  return digest;
}

}  // namespace fieldsync::base
