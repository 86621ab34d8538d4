#include "net/shared_pace.h"

#include <algorithm>

#include "net/rate_gate.h"
#include "net/tuning.h"

namespace fieldsync::net {

using base::Millis;
using base::WallTime;

namespace {

Millis times(Millis span, double factor) {
  return Millis{static_cast<std::int64_t>(static_cast<double>(span.count()) * factor)};
}

/// What the window would have given away by now if it were spent evenly, the hour's limit minded.
double even_by_now(const RateWindow& told, std::optional<int> hourly, Millis passed) {
  double limit = told.limit;
  if (hourly) {
    const auto windows = static_cast<double>(tuning::kHour.count()) / double(told.length.count());
    limit = std::min(limit, *hourly / windows);
  }
  return limit * double(passed.count()) / double(told.length.count());
}

}  // namespace

int SharedPace::taken_since(WallTime since) const {
  return static_cast<int>(
      std::count_if(taken_.begin(), taken_.end(), [&](WallTime at) { return at >= since; }));
}

WallTime SharedPace::next_at(WallTime now) const {
  const bool goes_on = scout_ == Scout::back && calls_of_turn_ < tuning::kPaceTurnCalls &&
                       now - turn_began_ <= tuning::kPaceTurnMax;
  return goes_on ? now : std::max(now, next_turn_);
}

void SharedPace::sent(WallTime now) {
  if (calls_of_turn_ >= tuning::kPaceTurnCalls || now - turn_began_ > tuning::kPaceTurnMax) {
    turn_began_ = now;
    calls_of_turn_ = 0;
  }
  ++calls_of_turn_;
  sent_since_refusal_ = true;
  draw(now);
  if (scout_ == Scout::due) next_turn_ = std::max(next_turn_, now + tuning::kPaceScout);
}

void SharedPace::taken(const RateWindow& told, std::optional<int> hourly, WallTime now) {
  taken_.push_back(now);
  if (taken_.size() > tuning::kSpikeLimitMax) taken_.pop_front();
  if (scout_ == Scout::due) draw(now);
  scout_ = Scout::back;
  if (pause_ == Millis{0}) return;
  const WallTime began = told.resets_at - told.length;
  const Millis passed = now - began;
  // The first moments of a window tell next to nothing of it: our next call shall see more.
  const Millis look = times(told.length, tuning::kPaceLookAfter);
  const Millis soon{random_.between(0, told.length.count() / 2)};
  if (passed < look) {
    next_turn_ = began + look + soon;
    return;
  }
  const int others = told.limit - told.remaining - taken_since(began);
  const double load = (others + 1) / (even_by_now(told, hourly, passed) + 1);
  change_pause(load, now);
  // What nobody else asks for is taken by who is awake.
  if (load < 1) next_turn_ = std::min(next_turn_, now + soon);
}

void SharedPace::taken_without_limits(WallTime now) {
  if (scout_ == Scout::due || pause_ > Millis{0}) change_pause(0, now);
  scout_ = Scout::back;
}

void SharedPace::change_pause(double load, WallTime now) {
  pause_ = times(pause_, std::clamp(load, tuning::kPaceQuicker, tuning::kPaceSlower));
  pause_ = std::min(pause_, tuning::kPaceMax);
  if (pause_ < tuning::kPaceMin) pause_ = Millis{0};
  draw(now);
}

void SharedPace::refused(const RateWindow& told, WallTime now) {
  scout_ = Scout::back;
  calls_of_turn_ = tuning::kPaceTurnCalls;
  // Calls that left together are refused together: only the first of these refusals is news.
  if (sent_since_refusal_) pause_ = pause_after_refusal(told);
  sent_since_refusal_ = false;
  draw(std::max(now, told.resets_at));
}

/// Our share of a window that is used up is what we had of it. Who had none knows only that it is
/// less than thought.
Millis SharedPace::pause_after_refusal(const RateWindow& told) const {
  const int ours = taken_since(told.resets_at - told.length);
  const Millis fair = ours > 0 ? told.length / ours
                               : std::max(pause_ * tuning::kPaceRefusedTimes,
                                          std::min(told.length, tuning::kPaceFirstMax));
  return std::min(std::max(pause_, fair), tuning::kPaceMax);
}

void SharedPace::link_is_back(WallTime now) {
  scout_ = Scout::due;
  draw(now);
}

void SharedPace::draw(WallTime from) {
  next_turn_ = {};
  if (pause_ == Millis{0}) return;
  next_turn_ = from + pause_ / 2 + Millis{random_.between(0, pause_.count())};
}

}  // namespace fieldsync::net
