#pragma once

#include <deque>
#include <string>

#include "agent/sync/link/link_model.h"

namespace fieldsync::sync {

/// What was learnt of the way to the service, of each network apart: the trailer's Wi-Fi says
/// nothing of the phone's LTE. A network is known by the interface that leads to it, which is all
/// the system tells (platform/network_state.h): two networks of one interface share what is learnt.
/// Pure.
class LinkMemory {
 public:
  LinkMemory();

  /// The network of now.
  LinkModel& here() { return known_.front().model; }
  const LinkModel& here() const { return known_.front().model; }
  /// The way out leads over `interface` from now on; "" (no way out, or none is told) changes
  /// nothing. Past tuning::kNetworksKnown the one that was left longest ago is forgotten.
  void network_is(const std::string& interface);

  /// A line for each network that `from_text` reads back; a line that is none teaches nothing.
  std::string to_text() const;
  static LinkMemory from_text(const std::string& text);

 private:
  struct Known {
    std::string interface;  ///< "": learnt before the system told of any
    LinkModel model;
  };
  std::deque<Known> known_;  ///< never empty; the network of now, then by when they were left
};

}  // namespace fieldsync::sync
