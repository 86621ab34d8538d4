#include "agent/sync/local/pins.h"

#include "agent/sync/local/tuning.h"
#include "platform/base/text.h"

namespace fieldsync::sync {
namespace {

std::string setting_of(const base::RemoteName& remote) { return "pins." + remote.raw(); }

}  // namespace

// A line for each: project, kind and id. None of them holds a blank (they come from services as
// numbers and words); one that did would not be found again, and be fetched like any other.

base::Result<std::set<storage::RecordKey>> load_pins(storage::WorkStore& work,
                                                     const base::RemoteName& remote) {
  TRY_ASSIGN(const std::string text, work.setting(setting_of(remote)));
  std::set<storage::RecordKey> pins;
  for (const std::string& line : base::split(text, '\n')) {
    const auto words = base::split(line, ' ');
    if (words.size() != 3) continue;
    pins.insert(
        {remote, base::ProjectId(words[0]), base::KindId(words[1]), base::ServiceId(words[2])});
  }
  return pins;
}

base::Result<> set_pin(storage::WorkStore& work, Remote& remote, const storage::RecordKey& key,
                       storage::Pin pin) {
  std::set<storage::RecordKey> pins = remote.pins;
  switch (pin) {
    case storage::Pin::none:
      pins.erase(key);
      break;
    case storage::Pin::pinned:
      pins.insert(key);
      break;
  }
  if (pins.size() > tuning::kPinsMax) {
    return base::Failure{base::Cause::limit_reached,
                         "at most " + std::to_string(tuning::kPinsMax) + " records are pinned"};
  }
  std::string text;
  for (const storage::RecordKey& each : pins) {
    text += each.project.raw() + " " + each.kind.raw() + " " + each.id.raw() + "\n";
  }
  TRY(work.save_setting(setting_of(remote.name), text));
  remote.pins = std::move(pins);
  return base::Done{};
}

}  // namespace fieldsync::sync
