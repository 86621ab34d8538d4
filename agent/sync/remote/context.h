#pragma once

#include <functional>
#include <set>

#include "agent/sync/remote/courier.h"
#include "agent/sync/remote/remote.h"
#include "platform/base/log.h"
#include "platform/host.h"
#include "storage/blob_store.h"
#include "storage/mirror_store.h"
#include "storage/work_store.h"

namespace fieldsync::sync {

/// What every step of one remote works with. Lives as long as its Engine.
struct Context {
  platform::Host& host;
  base::Log& log;
  Remote& remote;
  Courier& courier;
  storage::WorkStore& work;
  storage::MirrorStore& mirror;
  storage::BlobStore& originals;
  storage::BlobStore& files;

  base::WallTime now() const { return host.clock.wall(); }
  /// Tells the endpoint's breaker what the answer was. Until when it is shut now; nothing when not.
  template <typename T>
  std::optional<base::WallTime> ended(const std::string& endpoint, const base::Result<T>& result) {
    remote.breakers.ended(endpoint, result ? nullptr : &result.failure(), now());
    const Breakers::Shut* shut = remote.breakers.find(endpoint);
    return shut ? std::optional(shut->retry_at) : std::nullopt;
  }
};

/// How a step ends. Failures that belong to a record or a tool are recorded with it before; what
/// comes back here is only trouble with this machine's own disk.
using StepDone = std::function<void(base::Result<>)>;

/// The local id of a service record that was not captured here.
base::RecordId mirrored_id(const base::KindId& kind, const base::ServiceId& id);
/// The service id in a mirrored_id; nothing for a record captured here.
std::optional<base::ServiceId> service_id_in(const base::RecordId& item);
/// The local id of a service record: the one it was captured under, or mirrored_id.
base::Result<base::RecordId> local_id(storage::WorkStore& work, const storage::RecordKey& key);
/// The service id of a local id; nothing while it is not delivered.
base::Result<std::optional<base::ServiceId>> service_id(storage::WorkStore& work,
                                                        const base::RecordId& item);

/// Whether `failure` is of the link, and the link is shut now: the pause before its next probe is
/// the only wait then. An answer that merely looks like a bad link must not be repeated at once.
bool waits_for_link(const Remote& remote, const base::Failure& failure);

}  // namespace fieldsync::sync
