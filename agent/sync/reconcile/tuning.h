#pragma once

#include "platform/base/types.h"

/// Numbers of what is believed of the service, with their arithmetic.
namespace fieldsync::sync::tuning {

/// Records of a kind that may be gone at once and be believed: one in twenty (on a job of 400 RFIs
/// an office deletes a handful a day, 20 in a clean-up; a lost right or a filter takes nearly all).
inline constexpr std::int64_t kGoneShare = 20;
/// Of a kind with few records a clean-up may take several: five are believed, however few there
/// are.
inline constexpr std::int64_t kGoneAtOnceMin = 5;
/// Read-backs that do not show what was sent: the service may still process it. 6 looks with
/// doubling waits span about a minute.
inline constexpr int kReadBackMax = 6;

}  // namespace fieldsync::sync::tuning
