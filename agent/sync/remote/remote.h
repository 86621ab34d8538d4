#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/sync/link/breakers.h"
#include "agent/sync/link/data_meter.h"
#include "agent/sync/link/link_memory.h"
#include "agent/sync/link/link_sense.h"
#include "agent/sync/plan/forecast_log.h"
#include "net/rate_gate.h"
#include "net/remote_service.h"
#include "net/token_source.h"
#include "storage/mirror_store.h"

namespace fieldsync::sync {

/// What this login may do in one project, as last read.
struct ProjectRights {
  base::WallTime read_at{};                          ///< 0 when they are to be read again at once
  std::map<std::string, net::ToolPermission> tools;  ///< by our tool id
  /// Why nothing may be done in the project at all: project_gone, app_not_installed, …
  std::optional<base::Failure> closed = {};
  int reading = 0;  ///< which reading of this project's rights this is, from 1 on since the start
};

/// The last reading of a project's rights failed.
struct RightsTrouble {
  base::Failure failure;
  int attempts = 0;
  base::WallTime retry_at{};
};

/// A person's own login beside the machine's.
struct OwnLogin {
  enum class State {
    asked,     ///< it was just given; the service has not said yet who it is
    active,    ///< what the person captures goes out under it
    given_up,  ///< nothing goes out under it; what did is still recognised
  };
  State state = State::asked;
  base::ServiceId me;  ///< its user id at the service
  std::unique_ptr<net::TokenSource> tokens;
};

/// One configured service account with everything that is known of it while the agent runs.
struct Remote {
  base::RemoteName name;
  const net::RemoteService& service;
  net::TokenSource& tokens;
  DataMeter& data;  ///< the machine's: shared by all remotes
  LinkSense link;
  net::RateGate gate;
  base::ServiceId me;  ///< this login's user id; empty until read
  Breakers breakers;
  std::map<base::ProjectId, ProjectRights> rights = {};
  std::map<base::ProjectId, RightsTrouble> rights_trouble = {};
  /// The service's clock less ours, from the Date header of its answers.
  base::Millis clock_ahead{0};
  LinkMemory links = {};  ///< what was learnt of the way, by network
  ForecastLog forecasts = {};
  std::set<storage::RecordKey> pins = {};       ///< records whose files a person wants to have here
  std::map<std::string, OwnLogin> people = {};  ///< by the name of their account on this machine
  /// Whose captures need no name in the text when they go out under the machine's login; nothing:
  /// nobody's do.
  std::optional<std::string> machine_person = {};
  /// Called when a link that was shut works again, whoever found out.
  std::function<void()> on_link_back = {};
};

}  // namespace fieldsync::sync
