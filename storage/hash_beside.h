#pragma once

#include <memory>
#include <string>

#include "platform/base/digest.h"
#include "platform/base/types.h"

namespace fieldsync::storage {

/// SHA-256 of bytes that are being copied, on a thread of its own, so that a copy takes as long as
/// the disk or the hash, not as both. It touches nothing but the bytes: the result does not depend
/// on its timing. At most tuning::kHashBehindMax pieces wait; then `add` waits. One owner.
class HashBeside {
 public:
  /// Below tuning::kHashBesideFrom, or when the system gives no thread, `add` hashes by itself.
  explicit HashBeside(base::ByteCount expected);
  ~HashBeside();  ///< what was not hashed yet is dropped
  HashBeside(const HashBeside&) = delete;
  HashBeside& operator=(const HashBeside&) = delete;

  void add(std::shared_ptr<const std::string> bytes);
  /// Waits for what was added; call once.
  base::Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fieldsync::storage
