#include "net/rate_gate.h"

#include <algorithm>
#include <charconv>

#include "net/tuning.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"

namespace fieldsync::net {
namespace {

using base::Millis;
using base::WallTime;

std::optional<std::int64_t> read_number(const Headers& headers, std::string_view name) {
  const std::string* header = headers.find(name);
  if (!header) return std::nullopt;
  const std::string_view text = base::trimmed(*header);
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

/// How far away `reset` (Unix seconds by the service's clock) is. Nothing for what cannot be.
std::optional<Millis> reset_distance(const Headers& headers, WallTime now) {
  const auto reset = read_number(headers, "X-Rate-Limit-Reset");
  constexpr std::int64_t kYear9999 = 253'402'300'799;
  if (!reset || *reset <= 0 || *reset > kYear9999) return std::nullopt;
  WallTime there = now;
  if (const std::string* date = headers.find("Date")) {
    there = base::parse_http_date(*date).value_or(now);
  }
  const Millis distance = WallTime{std::chrono::seconds(*reset)} - there;
  if (distance <= Millis(0) || distance > tuning::kHour + tuning::kResetSlack) return std::nullopt;
  return std::min(distance, tuning::kHour);
}

/// The window the three headers describe, with its length still open.
std::optional<RateWindow> read_window(const Headers& headers, WallTime now) {
  const auto limit = read_number(headers, "X-Rate-Limit-Limit");
  const auto remaining = read_number(headers, "X-Rate-Limit-Remaining");
  const auto distance = reset_distance(headers, now);
  if (!limit || !remaining || !distance) return std::nullopt;
  if (*limit <= 0 || *limit > tuning::kRequestLimitMax || *remaining < 0) return std::nullopt;
  RateWindow window;
  window.limit = static_cast<int>(*limit);
  window.remaining = static_cast<int>(std::min(*remaining, *limit));
  window.resets_at = now + *distance;
  return window;
}

/// Whether the window counts at `now`. One that resets farther away than its length was learned
/// before the clock was set back.
bool is_open(const RateWindow& window, WallTime now) {
  return window.resets_at > now && window.resets_at - now <= window.length;
}

void count(std::optional<RateWindow>& window, WallTime now) {
  if (!window) return;
  if (!is_open(*window, now)) {
    window->remaining = window->limit;
    window->resets_at = now + window->length;
  }
  window->remaining = std::max(0, window->remaining - 1);
}

/// Our own count of a running window knows of requests still on their way; the service's knows of
/// other users of the same budget. The smaller one holds.
void update(std::optional<RateWindow>& known, const RateWindow& told, WallTime now) {
  if (known && known->limit == told.limit && is_open(*known, now) &&
      known->remaining <= told.remaining) {
    return;
  }
  known = told;
}

}  // namespace

RateGate::Hold RateGate::hold(WallTime now) const {
  Hold hold{now, Reason::none};
  const auto until = [&](WallTime at, Reason reason) {
    if (at > hold.until) hold = {at, reason};
  };
  if (closed_until_ - now <= tuning::kClosedMax) until(closed_until_, Reason::told_to_wait);
  const auto used_up = [&](const std::optional<RateWindow>& window, Reason reason) {
    if (window && is_open(*window, now) && window->remaining == 0) {
      until(window->resets_at, reason);
    }
  };
  used_up(hourly_, Reason::hour_used_up);
  used_up(spike_, Reason::spike_used_up);
  const auto limit = static_cast<std::size_t>(spike_ ? spike_->limit : tuning::kSpikeLimitAssumed);
  if (recent_.size() >= limit) {
    // After the clock was set back these lie ahead; they count as just sent, not as in an hour.
    const WallTime first = std::min(recent_[recent_.size() - limit], now);
    until(first + tuning::kSpikeWindow + tuning::kSpikeMargin,
          spike_ ? Reason::spike_used_up : Reason::spike_guessed);
  }
  // A clock that was set back does not make our turn come later than any pause.
  const WallTime turn = pace_.next_at(now);
  if (turn - now <= tuning::kPaceMax * 2 + tuning::kHour) until(turn, Reason::taking_turns);
  return hold;
}

void RateGate::sent(WallTime now) {
  ++sent_total_;
  count(hourly_, now);
  count(spike_, now);
  pace_.sent(now);
  for (WallTime& before : recent_) before = std::min(before, now);
  recent_.push_back(now);
  if (recent_.size() > tuning::kSpikeLimitMax) recent_.pop_front();
}

void RateGate::answered(const HttpResponse& reply, WallTime now) {
  const auto told = learn(reply, now);
  if (told && reply.status == 429) {
    pace_.refused(*told, now);
  } else if (told) {
    pace_.taken(*told, hourly_ ? std::optional(hourly_->limit) : std::nullopt, now);
  } else if (reply.status < 500 && reply.status != 429) {
    pace_.taken_without_limits(now);
  }
  const auto asked = retry_after(reply.headers, now);
  if (reply.status == 429 || (reply.status == 503 && asked)) {
    close(reply, now, asked);
  } else if (reply.status < 500) {
    backoff_ = Millis(0);
  }
}

std::optional<RateWindow> RateGate::learn(const HttpResponse& reply, WallTime now) {
  auto told = read_window(reply.headers, now);
  if (!told) return std::nullopt;
  const bool is_known_hourly = hourly_ && hourly_->limit == told->limit;
  const bool is_known_spike = spike_ && spike_->limit == told->limit;
  const bool looks_hourly =
      told->resets_at - now > tuning::kSpikeResetMax || told->limit > tuning::kSpikeLimitMax;
  // In the last seconds of the hour its reset is as near as a spike's: then the limit tells.
  if (looks_hourly || (is_known_hourly && !is_known_spike)) {
    told->length = tuning::kHour;
    if (hourly_from_ == Source::remembered) hourly_.reset();
    hourly_from_ = Source::told;
    update(hourly_, *told, now);
  } else {
    told->length = tuning::kSpikeResetMax;
    update(spike_, *told, now);
    told->length = tuning::kSpikeWindow;
  }
  return told;
}

void RateGate::close(const HttpResponse& reply, WallTime now, std::optional<Millis> asked) {
  Millis wait = asked.value_or(Millis(0));
  if (reply.status == 429) {
    wait = std::max(wait, reset_distance(reply.headers, now).value_or(Millis(0)));
  }
  if (wait == Millis(0)) {
    backoff_ =
        backoff_ == Millis(0) ? tuning::kBackoffFirst : std::min(backoff_ * 2, tuning::kBackoffMax);
    wait = backoff_;
  }
  wait = std::min(wait, tuning::kClosedMax);
  if (closed_until_ - now > tuning::kClosedMax) closed_until_ = now;
  closed_until_ = std::max(closed_until_, now + wait);
}

std::string text_of(const RateGate& gate, RateGate::Reason reason) {
  const auto limit_of = [](const std::optional<RateWindow>& window) {
    return std::to_string(window ? window->limit : tuning::kSpikeLimitAssumed);
  };
  switch (reason) {
    case RateGate::Reason::none:
      return "";
    case RateGate::Reason::told_to_wait:
      return "the service asked for a pause";
    case RateGate::Reason::hour_used_up:
      return "the " + limit_of(gate.hourly()) + " requests of this hour are used up";
    case RateGate::Reason::spike_used_up:
      return "the " + limit_of(gate.spike()) + " requests of these 10 s are used up";
    case RateGate::Reason::spike_guessed:
      return "the service told no limit for 10 s yet, so at most " + limit_of({}) +
             " requests leave in that time";
    case RateGate::Reason::taking_turns:
      return "other machines use the same budget of requests, so this one takes turns with them: "
             "a turn in " +
             std::to_string((gate.shared_pause().count() + 999) / 1000) + " s on average";
  }
  FS_CHECK(false);
}

void RateGate::remember_hourly(RateWindow told) {
  if (hourly_ || told.limit <= 0 || told.limit > tuning::kRequestLimitMax) return;
  told.length = tuning::kHour;
  // One request may always ask whether it is still so.
  told.remaining = std::clamp(told.remaining, 1, told.limit);
  hourly_ = told;
  hourly_from_ = Source::remembered;
}

std::optional<RateWindow> RateGate::hourly() const { return hourly_; }
std::optional<RateWindow> RateGate::spike() const { return spike_; }

}  // namespace fieldsync::net
