#pragma once

#include "tests/bench/link/link_rig.h"

namespace fieldsync::bench::link {

/// A link that was gone comes back: how soon the first useful request crosses, and how soon 50
/// edits made without it are at the service.
void measure_reconnect(const RigOptions& options);

}  // namespace fieldsync::bench::link
