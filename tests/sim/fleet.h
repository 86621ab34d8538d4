#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/base/types.h"

/// Many machines of one company, one budget of calls for all, in virtual time. Of each agent only
/// what paces it is there, and that unchanged: LinkSense, RateGate, retry and plan(); the service
/// is the sandbox's own limiter. Whole agents would take five thousand times their databases.
namespace fieldsync::sim {

struct FleetOptions {
  int agents = 5'000;
  /// Acts waiting on each machine; one takes two calls: the push and its proof.
  int acts_each = 3;
  int hourly = 3'600;
  int spike = 25;
  /// The service cannot be reached from `outage_at` on, for `outage`. Before that all work.
  base::Millis outage_at{0};
  base::Millis outage{600'000};
  std::string retry_after = "alternate";  ///< as the sandbox's switch retry_after_on_429
  std::uint64_t seed = 1;
};

/// What happened from the end of the outage on.
struct FleetReport {
  std::int64_t taken = 0;                  ///< calls the service served
  std::int64_t refused = 0;                ///< 429s
  std::int64_t refused_later = 0;          ///< of these, after the first ten minutes
  std::int64_t arrived_at_once = 0;        ///< most calls in a second, in the first ten minutes
  std::int64_t arrived_at_once_later = 0;  ///< and after them
  base::Millis drained{0};                 ///< until the last act was proved
  base::Millis least{0};                   ///< what the two limits allow for `taken`, at best
  /// Calls served of each machine when half of all were, in ascending order.
  std::vector<int> served_at_half;
  /// When each machine was through, in ascending order.
  std::vector<base::Millis> through;
  bool all_through = false;
};

FleetReport run_fleet(const FleetOptions& options);
std::string text_of(const FleetReport& report);

}  // namespace fieldsync::sim
