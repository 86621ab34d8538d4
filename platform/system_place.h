#pragma once

#include <optional>

#include "platform/base/types.h"

namespace fieldsync::platform {

/// The config of this machine's service: /etc/fieldsync/fieldsync.toml,
/// %ProgramData%\Fieldsync\fieldsync.toml.
base::Path system_config_file();

/// Where this machine's service keeps its state, if `config_file` is the service's:
/// /var/lib/fieldsync for /etc/fieldsync/fieldsync.toml. Nothing for a person's own config.
std::optional<base::Path> system_state_folder(const base::Path& config_file);

}  // namespace fieldsync::platform
