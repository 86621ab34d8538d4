#pragma once

#include <memory>

#include "agent/cli/session.h"
#include "agent/cli/surroundings.h"

namespace fieldsync::app {

/// A session with the agent that runs on the place's state, or one in this process. What opening
/// must tell the person goes to `around.err`.
base::Result<std::unique_ptr<cli::Session>> open_session(const cli::Place& place,
                                                         cli::Surroundings& around);

/// `fieldsync run`: the agent until SIGTERM or SIGINT. Says "ready" once it answers. Exit code.
int run_agent(const cli::Place& place, const cli::RunOptions& options, cli::Surroundings& around);

/// Where sockets go whose state folder's path is too long: a folder of this person alone.
base::Path run_folder();

}  // namespace fieldsync::app
