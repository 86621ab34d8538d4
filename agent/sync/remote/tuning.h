#pragma once

#include "platform/base/types.h"

/// Numbers of what all steps of a remote share, with their arithmetic.
namespace fieldsync::sync::tuning {

using base::Millis;

/// An answer no reader understands may be a passing fault of a proxy; after this many a person
/// must look: 8 attempts span about four minutes.
inline constexpr int kUnexpectedMax = 8;
/// Permissions have no change stamp; read again this often, and after any refusal.
inline constexpr Millis kPermissionsInterval{3'600'000};
/// What is refused although the rights that were read since allow it is sent so often again: a
/// right that was away for a moment is back by then.
inline constexpr int kRightsDoubtsMax = 2;
/// 10 characters of base 32 are 50 bits: with 300,000 captures on one machine the chance that two
/// share an id is below 1 in 20,000, and work.db refuses the second then.
inline constexpr int kIdLength = 10;
/// 26 characters are 130 bits: unique across all machines.
inline constexpr int kTokenLength = 26;

}  // namespace fieldsync::sync::tuning
