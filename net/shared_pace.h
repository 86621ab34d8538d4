#pragma once

#include <deque>
#include <optional>

#include "platform/base/types.h"
#include "platform/random.h"

namespace fieldsync::net {

struct RateWindow;

/// How often this machine takes its turn when others spend the same budget (Procore counts a
/// company's calls together: facts/procore-api.md 3). Nobody tells how many they are: a refusal
/// in a window of which we had little says that they are many, an answer's count of what remains
/// says how much of the budget all spend. From both follows a pause between our calls on average;
/// each one is drawn between half and one and a half of it, so that machines which were held up
/// together do not come back together. Alone there is no pause. Loop thread only.
class SharedPace {
 public:
  explicit SharedPace(platform::Random random) : random_(random) {}

  /// When our next call may leave: `now`, or at our next turn. A turn is two calls that follow each
  /// other closely, since an edit is only sent right after a look at what it changes.
  base::WallTime next_at(base::WallTime now) const;
  /// Whether one call has to wait for the answer of the one before.
  bool takes_turns() const { return pause_ > base::Millis{0} || scout_ == Scout::due; }
  /// On average between two of our turns; 0: the budget is ours.
  base::Millis pause() const { return pause_; }
  /// One call leaves now.
  void sent(base::WallTime now);
  /// The service took a call and told of `told`; `hourly` calls in an hour are allowed in all,
  /// where that is known.
  void taken(const RateWindow& told, std::optional<int> hourly, base::WallTime now);
  /// The service took a call and told of no limit at all.
  void taken_without_limits(base::WallTime now);
  /// The service refused a call because `told` is used up: when it opens again, take turns.
  void refused(const RateWindow& told, base::WallTime now);
  /// The link works again, for us and perhaps for everybody: turns begin anew, one call ahead.
  void link_is_back(base::WallTime now);
  /// A person wants it now.
  void turn_now() { next_turn_ = {}; }

 private:
  int taken_since(base::WallTime since) const;
  base::Millis pause_after_refusal(const RateWindow& told) const;
  void change_pause(double load, base::WallTime now);
  void draw(base::WallTime from);

  platform::Random random_;
  base::Millis pause_{0};
  base::WallTime next_turn_{};
  base::WallTime turn_began_{};
  bool sent_since_refusal_ = true;
  int calls_of_turn_ = 0;
  /// After an outage one call goes ahead and finds out how things stand; the others follow it.
  enum class Scout { back, due } scout_ = Scout::back;
  /// When calls of ours were taken, oldest first.
  std::deque<base::WallTime> taken_;
};

}  // namespace fieldsync::net
