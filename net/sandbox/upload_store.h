#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "net/sandbox/exchange.h"
#include "net/sandbox/world.h"

namespace fieldsync::net::sandbox {

/// Bytes on their way in: hashed as they come and kept in rows, so that memory stays flat. Whoever
/// feeds it holds no lock; the database is locked for the length of one row at a time.
class BlobWriter {
 public:
  BlobWriter(World& world, std::mutex& mutex);
  void add(std::string_view bytes);
  /// Writes what is left. Returns the digest; `blob()` and `size()` are final then.
  base::Digest finish();
  /// Removes what was written. The caller holds no lock.
  void discard();
  std::int64_t blob() const { return blob_; }
  std::int64_t size() const { return size_; }

 private:
  void flush();
  World& world_;
  std::mutex& mutex_;
  base::Hasher hasher_;
  std::string pending_;
  std::int64_t blob_ = 0;
  std::int64_t size_ = 0;
  int next_ = 0;
};

/// PUT of a segment or POST of a form (facts/procore-api.md 7.2, 7.3). `mutex` guards `world`; it
/// is not held on entry.
Reply receive_segment(World& world, std::mutex& mutex, const Request& request,
                      const BodyReader& body);
Reply receive_form(World& world, std::mutex& mutex, const Request& request, const BodyReader& body);

}  // namespace fieldsync::net::sandbox
