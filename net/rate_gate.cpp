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

WallTime RateGate::may_send_at(WallTime now) const {
  WallTime at = now;
  if (closed_until_ - now <= tuning::kClosedMax) at = std::max(at, closed_until_);
  for (const auto* window : {&hourly_, &spike_}) {
    if (*window && is_open(**window, now) && (*window)->remaining == 0) {
      at = std::max(at, (*window)->resets_at);
    }
  }
  const auto limit = static_cast<std::size_t>(spike_ ? spike_->limit : tuning::kSpikeLimitAssumed);
  if (recent_.size() >= limit) {
    // After the clock was set back these lie ahead; they count as just sent, not as in an hour.
    const WallTime first = std::min(recent_[recent_.size() - limit], now);
    at = std::max(at, first + tuning::kSpikeWindow + tuning::kSpikeMargin);
  }
  return at;
}

void RateGate::sent(WallTime now) {
  ++sent_total_;
  count(hourly_, now);
  count(spike_, now);
  for (WallTime& before : recent_) before = std::min(before, now);
  recent_.push_back(now);
  if (recent_.size() > tuning::kSpikeLimitMax) recent_.pop_front();
}

void RateGate::answered(const HttpResponse& reply, WallTime now) {
  learn(reply, now);
  const auto asked = retry_after(reply.headers, now);
  if (reply.status == 429 || (reply.status == 503 && asked)) {
    close(reply, now, asked);
  } else if (reply.status < 500) {
    backoff_ = Millis(0);
  }
}

void RateGate::learn(const HttpResponse& reply, WallTime now) {
  auto told = read_window(reply.headers, now);
  if (!told) return;
  const bool is_known_hourly = hourly_ && hourly_->limit == told->limit;
  const bool is_known_spike = spike_ && spike_->limit == told->limit;
  const bool looks_hourly =
      told->resets_at - now > tuning::kSpikeResetMax || told->limit > tuning::kSpikeLimitMax;
  // In the last seconds of the hour its reset is as near as a spike's: then the limit tells.
  if (looks_hourly || (is_known_hourly && !is_known_spike)) {
    told->length = tuning::kHour;
    update(hourly_, *told, now);
  } else {
    told->length = tuning::kSpikeResetMax;
    update(spike_, *told, now);
  }
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

std::optional<RateWindow> RateGate::hourly() const { return hourly_; }
std::optional<RateWindow> RateGate::spike() const { return spike_; }

}  // namespace fieldsync::net
