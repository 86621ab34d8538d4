#include "agent/sync/link/breakers.h"

#include "agent/sync/link/retry.h"
#include "agent/sync/link/tuning.h"

namespace fieldsync::sync {
namespace {

using base::Cause;

enum class Meaning { at_work, in_trouble, unreachable, nothing };

Meaning meaning_of(Cause cause) {
  switch (verdict_on(cause)) {
    case Verdict::person:
      return Meaning::at_work;
    case Verdict::login:
      return Meaning::nothing;
    case Verdict::link:
      return Meaning::unreachable;
    case Verdict::later:
      break;
  }
  const bool in_trouble = cause == Cause::service_error || cause == Cause::service_busy ||
                          cause == Cause::unexpected_answer;
  return in_trouble ? Meaning::in_trouble : Meaning::nothing;
}

}  // namespace

void Breakers::ended(const std::string& endpoint, const base::Failure* failure,
                     base::WallTime now) {
  const Meaning meaning = failure ? meaning_of(failure->cause) : Meaning::at_work;
  if (meaning == Meaning::at_work) shut_.erase(endpoint);
  if (meaning == Meaning::at_work || meaning == Meaning::nothing) return;
  if (shut_.size() >= tuning::kBreakersMax && shut_.count(endpoint) == 0) return;
  Shut& shut = shut_[endpoint];
  shut.failure = *failure;
  ++shut.failures;
  if (meaning == Meaning::in_trouble) {
    shut.retry_at = now + retry_delay(*failure, shut.failures, random_);
  } else if (shut.failures > 1) {
    shut.retry_at = now + link_delay(shut.failures, random_);
  }
}

void Breakers::try_now() {
  for (auto& [endpoint, shut] : shut_) shut.retry_at = {};
}

const Breakers::Shut* Breakers::find(const std::string& endpoint) const {
  const auto found = shut_.find(endpoint);
  return found == shut_.end() ? nullptr : &found->second;
}

}  // namespace fieldsync::sync
