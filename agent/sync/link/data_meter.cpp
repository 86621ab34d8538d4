#include "agent/sync/link/data_meter.h"

#include <sstream>

#include "agent/sync/link/tuning.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::ByteCount;
using base::Result;

namespace {

constexpr const char* kUseSetting = "data_use";
constexpr const char* kUrgentSetting = "send_now";

/// Nothing was used when the line is none of ours: at worst a day's limit begins anew.
DataUse use_from(const std::string& text) {
  std::istringstream words(text);
  DataUse use;
  words >> use.day >> use.always >> use.metered >> use.roaming;
  const bool is_sane = !words.fail() && use.always >= 0 && use.metered >= 0 && use.roaming >= 0;
  return is_sane ? use : DataUse{};
}

std::set<base::IntentId> acts_from(const std::string& text) {
  std::istringstream words(text);
  std::set<base::IntentId> acts;
  std::int64_t id = 0;
  while (acts.size() < tuning::kUrgentMax && words >> id) acts.insert(base::IntentId(id));
  return acts;
}

}  // namespace

DataMeter::DataMeter(const platform::Clock& clock, base::Log& log, storage::WorkStore& work,
                     DataPlan plan)
    : clock_(clock), log_(log), work_(work), plan_(std::move(plan)) {
  if (const auto kept = work_.setting(kUseSetting)) use_ = use_from(*kept);
  if (const auto kept = work_.setting(kUrgentSetting)) urgent_ = acts_from(*kept);
}

void DataMeter::network_is(const platform::NetworkState& network) {
  const Cost before = cost();
  network_ = network;
  if (cost() == before) return;
  log_.info("network.cost", {{"interface", network_.interface}, {"cost", name(cost())}});
}

DataUse DataMeter::use() const {
  const std::string today = base::to_iso_date(now(), utc_offset_minutes());
  return use_.day == today ? use_ : DataUse{today};
}

void DataMeter::crossed(ByteCount bytes) {
  if (bytes <= 0) return;
  use_ = use();
  use_.always += bytes;
  switch (cost()) {
    case Cost::roaming:
      use_.roaming += bytes;
      use_.metered += bytes;
      break;
    case Cost::metered:
      use_.metered += bytes;
      break;
    case Cost::unknown:
    case Cost::unmetered:
      break;
  }
  not_kept_ += bytes;
  if (not_kept_ >= tuning::kUseKeptEvery) keep();
}

void DataMeter::at_rest() {
  if (not_kept_ >= tuning::kUseKeptAtRest) keep();
}

void DataMeter::keep() {
  std::ostringstream text;
  text << use_.day << ' ' << use_.always << ' ' << use_.metered << ' ' << use_.roaming;
  // A disk that takes no more is told by what cannot do without it.
  if (work_.save_setting(kUseSetting, text.str())) not_kept_ = 0;
}

DataVerdict DataMeter::files() const {
  return may_carry_files(plan_, cost(), use(), now(), utc_offset_minutes());
}

bool DataMeter::may_send(base::IntentId act) const {
  return is_urgent(act) || files().files == DataVerdict::Files::go;
}

Result<> DataMeter::send_now(base::IntentId act) {
  if (is_urgent(act)) return base::Done{};
  if (urgent_.size() >= tuning::kUrgentMax) {
    return base::Failure{base::Cause::limit_reached,
                         std::to_string(urgent_.size()) + " acts are to be sent now already"};
  }
  auto more = urgent_;
  more.insert(act);
  return save_urgent(more);
}

Result<> DataMeter::ended(base::IntentId act) {
  if (!is_urgent(act)) return base::Done{};
  auto fewer = urgent_;
  fewer.erase(act);
  return save_urgent(fewer);
}

Result<> DataMeter::save_urgent(const std::set<base::IntentId>& urgent) {
  std::string text;
  for (const base::IntentId act : urgent) text += std::to_string(act.raw()) + " ";
  TRY(work_.save_setting(kUrgentSetting, text));
  urgent_ = urgent;
  return base::Done{};
}

}  // namespace fieldsync::sync
