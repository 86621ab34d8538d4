#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "platform/base/types.h"

namespace fieldsync::sync {

/// Forecasts as they were given, held against what then happened: of each act the first one counts.
/// Bounded. Loop thread only.
class ForecastLog {
 public:
  /// One of less than tuning::kForecastLeast says nothing and is not kept.
  void given(base::IntentId act, base::WallTime now, base::WallTime expected);
  void delivered(base::IntentId act, base::WallTime now);
  /// The act was taken back: nothing is to be compared.
  void forget(base::IntentId act) { open_.erase(act); }

  /// The middle of the latest errors, in hundredths of the time that was forecast to pass: 25 when
  /// half of them came within a quarter of it, sooner or later. Nothing while there are none.
  std::optional<int> median_error_percent() const;
  /// How many errors it is taken of.
  int measured() const { return static_cast<int>(errors_.size()); }

  /// Whether something was learnt since `to_text`.
  enum class Kept { all, not_all };
  Kept kept() const { return kept_; }
  /// One line that `from_text` reads back; nothing is learnt from a line that is none.
  std::string to_text();
  static ForecastLog from_text(const std::string& text);

 private:
  struct Given {
    base::WallTime at{};
    base::WallTime expected{};
  };
  std::map<base::IntentId, Given> open_;
  std::deque<int> errors_;  ///< in hundredths, latest last
  Kept kept_ = Kept::all;
};

}  // namespace fieldsync::sync
