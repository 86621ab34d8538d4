#pragma once

#include <map>
#include <string>

#include "agent/sync/link_sense.h"
#include "net/rate_gate.h"
#include "net/remote_service.h"
#include "net/token_source.h"
#include "storage/work_types.h"

namespace fieldsync::sync {

/// What this login may do in one project, as last read.
struct ProjectRights {
  base::WallTime read_at{};
  std::map<std::string, net::ToolPermission> tools;  ///< by our tool id
};

/// One configured service account with everything that is known of it while the agent runs.
struct Remote {
  base::RemoteName name;
  const net::RemoteService& service;
  net::TokenSource& tokens;
  LinkSense link;
  net::RateGate gate;
  base::ServiceId me;  ///< this login's user id; empty until read
  std::map<base::ProjectId, ProjectRights> rights;
  /// The service's clock less ours, from the Date header of its answers.
  base::Millis clock_ahead{0};
};

}  // namespace fieldsync::sync
