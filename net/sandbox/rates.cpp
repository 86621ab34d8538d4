#include "net/sandbox/rates.h"

#include <algorithm>
#include <limits>

#include "net/sandbox/tuning.h"

namespace fieldsync::net::sandbox {

Rates::Verdict Rates::take(const Settings& settings, std::int64_t user, std::int64_t now) {
  struct Limit {
    std::int64_t seconds;
    std::int64_t calls;
  };
  const Limit limits[] = {{tuning::kSpikeWindowSeconds, settings.number("rate_spike")},
                          {tuning::kHourlyWindowSeconds, settings.number("rate_hourly")}};
  Verdict verdict;
  verdict.remaining = std::numeric_limits<std::int64_t>::max();
  for (const Limit& limit : limits) {
    if (limit.calls == 0) continue;
    Window& window = windows_[{user, limit.seconds}];
    if (now < window.start || now >= window.start + limit.seconds) window = {now, 0};
    if (window.used >= limit.calls) {
      verdict = {false, limit.calls, 0, window.start + limit.seconds};
    } else if (verdict.allowed && limit.calls - window.used < verdict.remaining) {
      verdict = {true, limit.calls, limit.calls - window.used, window.start + limit.seconds};
    }
  }
  if (verdict.limit == 0 || !verdict.allowed) return verdict;
  for (const Limit& limit : limits) {
    if (limit.calls != 0) ++windows_[{user, limit.seconds}].used;
  }
  --verdict.remaining;
  return verdict;
}

Reply Rates::refuse(const Settings& settings, const Verdict& verdict, std::int64_t now) {
  Reply reply = text_reply(429, "text/plain",
                           "You have surpassed the max number of requests for an hour. Please wait "
                           "until your limit resets.");
  const std::string& mode = settings.choice("retry_after_on_429");
  ++refused_;
  if (mode == "always" || (mode == "alternate" && refused_ % 2 == 1)) {
    const std::int64_t wait = std::max<std::int64_t>(1, verdict.reset - now);
    reply.response.headers.add("Retry-After", std::to_string(wait));
  }
  return reply;
}

void add_rate_headers(Reply& reply, const Rates::Verdict& verdict) {
  if (verdict.limit == 0) return;
  Headers& headers = reply.response.headers;
  headers.add("X-Rate-Limit-Limit", std::to_string(verdict.limit));
  headers.add("X-Rate-Limit-Remaining", std::to_string(verdict.remaining));
  headers.add("X-Rate-Limit-Reset", std::to_string(verdict.reset));
}

}  // namespace fieldsync::net::sandbox
