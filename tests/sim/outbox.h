#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/blob_store.h"
#include "storage/work_types.h"
#include "tests/sim/book.h"
#include "tests/sim/sim_disk.h"

namespace fieldsync::sim {

/// The open acts of a device with their words and bytes, read from a copy of its disk, not from
/// what the agent says of them. One thread.
class Outbox {
 public:
  explicit Outbox(const SimDisk& disk);

  /// Empty when some open act holds what was promised: its text in the act's fields, or its bytes,
  /// whole, among the originals. Otherwise what is wrong.
  std::string why_lacks(const Promise& promise) const;

 private:
  SimDisk disk_;
  storage::BlobStore originals_;
  std::string unreadable_;
  std::vector<storage::Intent> acts_;
};

}  // namespace fieldsync::sim
