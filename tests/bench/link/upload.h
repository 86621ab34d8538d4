#pragma once

#include <functional>

#include "tests/bench/link/link_rig.h"

namespace fieldsync::bench::link {

/// One transfer of captured files, from the capture on.
struct Upload {
  base::ByteCount bytes = 0;
  Seconds began = 0;          ///< the command that captures was given
  Seconds arrived = 0;        ///< the service had the last record
  Seconds delivered = 0;      ///< and the agent had read it back
  base::ByteCount again = 0;  ///< bytes of streams that were not the files' (heads of requests too)
  double cpu_seconds = 0;     ///< of the agent until `arrived`; what was before a kill is left out
  double peak_mb = 0;
  double grown_mb = 0;  ///< of memory since before
  int cuts = 0;
};

/// Captures files of these sizes as photos and waits until the service has `expected` of them.
/// `look` is called now and then with the share of the bytes that crossed.
Upload run_upload(LinkRig& rig, const Profile& profile, const std::vector<base::ByteCount>& sizes,
                  std::size_t expected, const std::function<void(double share)>& look);

}  // namespace fieldsync::bench::link
