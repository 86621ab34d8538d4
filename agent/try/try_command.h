#pragma once

#include "agent/cli/surroundings.h"

namespace fieldsync::trial {

/// `fieldsync try`: the main job against the sandbox, as processes of their own, with the score
/// read from the sandbox. 0 when everything was delivered once and equal, 1 otherwise, 2 for
/// options that cannot be used. Whatever it started is ended and its folder removed, unless the
/// options or a failure keep them.
int run_try(const cli::TryOptions& options, cli::Surroundings& around);

}  // namespace fieldsync::trial
