#pragma once

#include "agent/cli/context.h"

namespace fieldsync::cli {

/// `open`, `pin` and `unpin`: the files of records.
void add_file_commands(CLI::App& app, Chosen& chosen);

}  // namespace fieldsync::cli
