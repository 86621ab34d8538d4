#include "agent/sync/link/link_memory.h"

#include <algorithm>
#include <utility>

#include "agent/sync/link/tuning.h"
#include "platform/base/text.h"

namespace fieldsync::sync {

LinkMemory::LinkMemory() : known_(1) {}

void LinkMemory::network_is(const std::string& interface) {
  if (interface.empty() || interface == known_.front().interface) return;
  const auto found = std::find_if(known_.begin(), known_.end(),
                                  [&](const Known& one) { return one.interface == interface; });
  Known here{interface, {}};
  if (found != known_.end()) {
    here = std::move(*found);
    known_.erase(found);
  } else if (known_.front().interface.empty()) {
    here.model = known_.front().model;  // it was this network, most likely
    known_.pop_front();
  }
  known_.push_front(std::move(here));
  if (known_.size() > tuning::kNetworksKnown) known_.pop_back();
}

std::string LinkMemory::to_text() const {
  std::string text;
  for (const Known& one : known_) text += one.model.to_text() + ' ' + one.interface + '\n';
  return text;
}

LinkMemory LinkMemory::from_text(const std::string& text) {
  LinkMemory memory;
  memory.known_.clear();
  for (const std::string_view line : base::split(text, '\n')) {
    if (memory.known_.size() >= tuning::kNetworksKnown) break;
    // Four numbers, and the name to the end of the line: some systems' have spaces.
    std::size_t at = 0;
    for (int word = 0; word < 4 && at != std::string_view::npos; ++word) {
      at = line.find(' ', word == 0 ? 0 : at + 1);
    }
    Known one;
    one.model = LinkModel::from_text(std::string(line.substr(0, at)));
    if (at != std::string_view::npos) one.interface = line.substr(at + 1);
    if (one.model.round_trip().count() > 0) memory.known_.push_back(std::move(one));
  }
  if (memory.known_.empty()) memory.known_.emplace_back();
  return memory;
}

}  // namespace fieldsync::sync
