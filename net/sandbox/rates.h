#pragma once

#include <cstdint>
#include <map>

#include "net/sandbox/exchange.h"
#include "net/sandbox/settings.h"

namespace fieldsync::net::sandbox {

/// The two request limits (facts/procore-api.md 3): an hourly and a 10-second window per user, told
/// through one set of headers that describes whichever would be hit first. Kept in memory only.
class Rates {
 public:
  struct Verdict {
    bool allowed = true;
    std::int64_t limit = 0;
    std::int64_t remaining = 0;
    std::int64_t reset = 0;  ///< Unix seconds
  };
  /// Counts one request of `user`, unless it is refused.
  Verdict take(const Settings& settings, std::int64_t user, std::int64_t now);
  /// The plain-text 429, with `Retry-After` as the switch says.
  Reply refuse(const Settings& settings, const Verdict& verdict, std::int64_t now);
  void forget() { windows_.clear(); }

 private:
  struct Window {
    std::int64_t start = 0;
    std::int64_t used = 0;
  };
  std::map<std::pair<std::int64_t, std::int64_t>, Window> windows_;  ///< by user and length
  std::uint64_t refused_ = 0;
};

/// Adds the X-Rate-Limit headers.
void add_rate_headers(Reply& reply, const Rates::Verdict& verdict);

}  // namespace fieldsync::net::sandbox
