#pragma once

#include "agent/cli/surroundings.h"

namespace fieldsync::app {

/// The systemd unit of the packages, whose ExecStart is /usr/bin/fieldsync.
extern const char* const kUnitText;

/// `kUnitText` for a program that lies elsewhere.
std::string unit_for(const base::Path& program);

/// `fieldsync service …`: asks systemd, or the control manager of Windows. `install` writes the
/// unit where no package brought it and makes the user the agent runs as, or registers the service
/// and makes its folders; it starts the agent now and at every boot, and may be repeated. `remove`
/// takes that back and leaves everybody's work where it is. Returns the exit code.
int run_service(const cli::ServiceOptions& options, cli::Surroundings& around);

}  // namespace fieldsync::app
