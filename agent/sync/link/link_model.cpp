#include "agent/sync/link/link_model.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "agent/sync/link/tuning.h"

namespace fieldsync::sync {

using base::ByteCount;
using base::Millis;

namespace {
double seconds(Millis span) { return static_cast<double>(span.count()) / 1e3; }
Millis millis(double seconds) { return Millis{static_cast<std::int64_t>(seconds * 1e3)}; }
}  // namespace

void LinkModel::answered(Millis took) {
  if (took.count() <= 0) return;
  if (round_trip_.count() == 0 || took < round_trip_) {
    round_trip_ = took;
  } else {
    // A route that became longer is believed slowly: most slow answers are a busy service's.
    round_trip_ += (took - round_trip_) / tuning::kRoundTripMemory;
  }
}

bool LinkModel::sent(ByteCount bytes, Millis took) {
  if (bytes < tuning::kRateSample || took.count() <= 0) return false;
  const double now = static_cast<double>(bytes) / seconds(took);
  rate_ = rate_ == 0 ? now : rate_ + (now - rate_) * tuning::kRateGain;
  seconds_sending_ += seconds(took);
  return true;
}

void LinkModel::cut(Millis took) {
  seconds_sending_ = (seconds_sending_ + seconds(took)) * tuning::kLifeMemory;
  cuts_ = (cuts_ + 1) * tuning::kLifeMemory;
}

Millis LinkModel::life() const {
  return millis((seconds(tuning::kLifeAssumed) + seconds_sending_) / (1 + cuts_));
}

Millis LinkModel::time_for(ByteCount bytes) const {
  return rate_ > 0 ? millis(static_cast<double>(bytes) / rate_) : Millis{0};
}

ByteCount LinkModel::part_size() const {
  if (round_trip_.count() == 0) return 0;
  const double rate = rate_ > 0 ? rate_ : tuning::kRateAssumed;
  const double best = std::sqrt(2 * seconds(round_trip_) * seconds(life()));
  return static_cast<ByteCount>(best * rate);
}

std::string LinkModel::to_text() const {
  std::ostringstream text;
  text << round_trip_.count() << ' ' << rate_ << ' ' << seconds_sending_ << ' ' << cuts_;
  return text.str();
}

LinkModel LinkModel::from_text(const std::string& text) {
  std::istringstream words(text);
  std::int64_t round_trip = 0;
  LinkModel model;
  words >> round_trip >> model.rate_ >> model.seconds_sending_ >> model.cuts_;
  const bool sane = !words.fail() && round_trip >= 0 && round_trip < 3'600'000 &&
                    std::isfinite(model.rate_) && model.rate_ >= 0 &&
                    std::isfinite(model.seconds_sending_) && model.seconds_sending_ >= 0 &&
                    std::isfinite(model.cuts_) && model.cuts_ >= 0;
  if (!sane) return {};
  model.round_trip_ = Millis{round_trip};
  return model;
}

}  // namespace fieldsync::sync
