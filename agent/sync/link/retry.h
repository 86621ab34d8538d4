#pragma once

#include "platform/base/result.h"
#include "platform/random.h"

namespace fieldsync::sync {

/// What a failure means for the work it hit.
enum class Verdict {
  link,    ///< nothing was said by the service: try when there is a link again
  later,   ///< the service or this machine is in trouble for now
  login,   ///< the login must be mended first
  person,  ///< the same request will fail again: hold it and say why
};
Verdict verdict_on(base::Cause cause);

/// How long to wait before attempt `attempts` + 1. Pure: what the other side asked for wins,
/// otherwise full jitter over a doubling span (never below the shortest).
base::Millis retry_delay(const base::Failure& failure, int attempts, platform::Random& random);
/// The same for the link as a whole, with its shorter span.
base::Millis link_delay(int attempts, platform::Random& random);

}  // namespace fieldsync::sync
