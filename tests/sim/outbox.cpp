#include "tests/sim/outbox.h"

#include <algorithm>

#include "platform/base/json.h"
#include "storage/work_store.h"
#include "tests/sim/tuning.h"

namespace fieldsync::sim {

Outbox::Outbox(const SimDisk& disk)
    : disk_(disk.clock(), platform::Random(1)),
      originals_(disk_, "/state/originals", storage::BlobStore::Sync::durable) {
  disk_.load(disk.image());
  storage::DatabaseOptions options;
  options.vfs = disk_.vfs_name();
  auto opened = storage::WorkStore::open("/state", options, disk.clock().wall());
  if (!opened) {
    unreadable_ = opened.failure().what;
    return;
  }
  auto acts =
      opened->store->page(storage::WorkStore::Which::open, base::IntentId(0), tuning::kOpenActsMax);
  if (!acts) {
    unreadable_ = acts.failure().what;
    return;
  }
  acts_ = std::move(*acts);
}

std::string Outbox::why_lacks(const Promise& promise) const {
  if (!unreadable_.empty()) return "the queue cannot be read: " + unreadable_;
  const bool holds = std::any_of(acts_.begin(), acts_.end(), [&](const storage::Intent& act) {
    // A conflict is an act of its own, split off the one that was acknowledged.
    const bool is_of_it = act.id.raw() == promise.act ||
                          (promise.what == Promise::What::edit && act.item.raw() == promise.item);
    if (!is_of_it) return false;
    if (base::to_json(act.fields).find(promise.text) == std::string::npos) return false;
    if (promise.sha256.empty()) return true;
    return std::any_of(act.attachments.begin(), act.attachments.end(), [&](const auto& file) {
      return file.blob.hex() == promise.sha256 && originals_.verify(file.blob).ok();
    });
  });
  return holds ? "" : "no open act holds it";
}

}  // namespace fieldsync::sim
