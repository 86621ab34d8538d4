#pragma once

#include <set>

#include "agent/sync/remote/remote.h"
#include "net/remote_service.h"
#include "storage/mirror_store.h"

namespace fieldsync::sync {

/// Who keeps a record in the mirror: what files are wanted with it depends on them.
struct MirrorOwner {
  const base::RemoteName& remote;
  const base::ServiceId& me;                 ///< the login's user id
  const std::set<storage::RecordKey>& pins;  ///< records whose files a person wants to have here
};
MirrorOwner owner_of(const Remote& remote);
/// A record as the mirror keeps it, its files wanted as much as they are of this login.
storage::MirrorRecord to_mirror(const MirrorOwner& owner, const base::ProjectId& project,
                                const net::RemoteRecord& record, base::WallTime now);

}  // namespace fieldsync::sync
