#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "net/http.h"
#include "net/shared_pace.h"

namespace fieldsync::net {

struct RateWindow {
  int limit = 0;
  int remaining = 0;
  base::WallTime resets_at{};
  base::Millis length{0};
};

/// Keeps this machine inside the service's request budget (facts/procore-api.md 3): two windows, an
/// hourly and a spike one, described by the same three headers, which tell of whichever will be hit
/// first. Time comes in as arguments and may step either way; the service's own clock is read from
/// its `Date` header. Where other machines spend the same budget it takes turns with them
/// (shared_pace.h), by the chance given. Loop thread only.
class RateGate {
 public:
  explicit RateGate(platform::Random random) : pace_(random) {}

  /// When the next request may leave: `now` or later.
  base::WallTime may_send_at(base::WallTime now) const { return hold(now).until; }
  enum class Reason {
    none,
    told_to_wait,   ///< a 429 or 503
    hour_used_up,   ///< by the service's own numbers
    spike_used_up,  ///< of the 10 s, by the service's own number
    spike_guessed,  ///< of the 10 s, by tuning::kSpikeLimitAssumed: it told none yet
    taking_turns,   ///< others spend the same budget
  };
  struct Hold {
    base::WallTime until{};
    Reason reason = Reason::none;
  };
  Hold hold(base::WallTime now) const;
  /// One request leaves now.
  void sent(base::WallTime now);
  /// An answer came: learn from its headers; 429 and 503 close the gate until the later of
  /// Retry-After and X-Rate-Limit-Reset.
  void answered(const HttpResponse& reply, base::WallTime now);
  /// What an earlier run was told of the hour; does nothing once this one was told. The limit stays
  /// known when the hour is over.
  void remember_hourly(RateWindow told);
  /// A link that was shut works again, perhaps for everybody at once.
  void link_is_back(base::WallTime now) { pace_.link_is_back(now); }
  /// A person wants it now: our turn comes at once. What the service asked for still holds.
  void turn_now() { pace_.turn_now(); }
  /// Whether calls leave one by one: several at a time would wait for each other's turns.
  bool takes_turns() const { return pace_.takes_turns(); }
  /// On average between two of our calls, since others spend the same budget; 0: they do not.
  base::Millis shared_pause() const { return pace_.pause(); }
  /// What is known of the hourly window, for `status`; nothing before the first answer.
  std::optional<RateWindow> hourly() const;
  std::optional<RateWindow> spike() const;
  /// Requests that left since the start: for reports and tests.
  std::int64_t sent_total() const { return sent_total_; }

 private:
  /// The window the answer told of, with its true length.
  std::optional<RateWindow> learn(const HttpResponse& reply, base::WallTime now);
  void close(const HttpResponse& reply, base::WallTime now, std::optional<base::Millis> asked);

  SharedPace pace_;
  std::optional<RateWindow> hourly_;
  enum class Source { told, remembered } hourly_from_ = Source::told;
  std::optional<RateWindow> spike_;
  /// When the latest requests left, oldest first: at most as many as a spike window allows.
  std::deque<base::WallTime> recent_;
  base::WallTime closed_until_{};
  base::Millis backoff_{0};
  std::int64_t sent_total_ = 0;
};

/// For people: "the service told no limit yet, so at most 25 requests leave in 10 s".
std::string text_of(const RateGate& gate, RateGate::Reason reason);

}  // namespace fieldsync::net
