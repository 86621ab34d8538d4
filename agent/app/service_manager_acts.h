#pragma once

#include "agent/cli/surroundings.h"

/// What the system's manager of services does for `fieldsync service` (system_service.h): one file
/// for systemd, one for Windows.
namespace fieldsync::app::manager {

base::Result<> install(cli::Surroundings& around);
base::Result<> remove(cli::Surroundings& around);
base::Result<> start(cli::Surroundings& around);
base::Result<> stop(cli::Surroundings& around);
/// Says how the service stands; the exit code, 0 while it runs.
base::Result<int> status(cli::Surroundings& around);

}  // namespace fieldsync::app::manager

namespace fieldsync::app {

/// As long as a manager is waited for when it starts or stops the agent: TimeoutStopSec of the unit
/// and some more.
inline constexpr base::Millis kManagerAnswerMax{60'000};

base::Result<bool> is_there(platform::FileSystem& files, const base::Path& path);
/// The service is removed; where its work stays.
void tell_removed(cli::Surroundings& around, const base::Path& state);

}  // namespace fieldsync::app
