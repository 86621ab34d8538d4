#pragma once

#include "tests/bench/link/link_rig.h"

namespace fieldsync::bench::link {

/// The same bytes over the same link with rsync, rclone and tus, each where it is installed; one
/// that is not is named as skipped. Their times are told, not held against anything. Re-runs after
/// an end with an error are counted, as a person would make them.
void measure_peers(LinkRig& rig, const Profile& profile);

}  // namespace fieldsync::bench::link
