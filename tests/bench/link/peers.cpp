#include "tests/bench/link/peers.h"

namespace fieldsync::bench::link {

void measure_peers(LinkRig&, const Profile&) {}

}  // namespace fieldsync::bench::link
