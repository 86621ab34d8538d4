#pragma once

#include "agent/cli/surroundings.h"

namespace fieldsync::app {

/// The systemd unit of the packages, whose ExecStart is /usr/bin/fieldsync.
extern const char* const kUnitText;

/// `kUnitText` for a program that lies elsewhere.
std::string unit_for(const base::Path& program);

/// `fieldsync service …`: asks systemd. `install` writes the unit where no package brought it,
/// makes the user the agent runs as, and starts it at every boot; `remove` takes that back and
/// leaves everybody's work where it is. Returns the exit code.
int run_service(const cli::ServiceOptions& options, cli::Surroundings& around);

}  // namespace fieldsync::app
