#pragma once

#include <map>
#include <optional>
#include <string>

#include "platform/base/result.h"
#include "platform/random.h"

namespace fieldsync::sync {

/// One breaker for each endpoint of a service, so that one that is in trouble stops neither the
/// others nor uses up the request budget: after a failure it is shut for a growing, jittered time;
/// then one request goes as its probe; any answer that shows it at work opens it. Which requests
/// share an endpoint is said by the planner (endpoint_of). Loop thread only.
class Breakers {
 public:
  explicit Breakers(platform::Random random) : random_(random) {}

  struct Shut {
    base::Failure failure;  ///< the latest
    int failures = 0;       ///< in a row
    base::WallTime retry_at{};
  };

  /// A request of the endpoint ended: with a failure, or well (nullptr). Failures that show the
  /// endpoint at work (a refusal) open it; those of the login, the budget or this machine say
  /// nothing. A failure of the link counts from the second in a row on: the first is the link's.
  void ended(const std::string& endpoint, const base::Failure* failure, base::WallTime now);
  /// A person said "try now", or the link changed: every probe may go at once.
  void try_now();

  /// Why and until when it is shut; nothing when it is open.
  const Shut* find(const std::string& endpoint) const;
  const std::map<std::string, Shut>& all() const { return shut_; }

 private:
  platform::Random random_;
  /// Bounded by tuning::kBreakersMax; past it further endpoints have none.
  std::map<std::string, Shut> shut_;
};

}  // namespace fieldsync::sync
