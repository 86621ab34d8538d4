#pragma once

#include "platform/base/types.h"

/// Every number of the local API, with its arithmetic.
namespace fieldsync::api::tuning {

/// The largest call carries one capture's text: 1 MB (cli/tuning.h), doubled by JSON escapes at
/// worst, and its fields. Past it: 413 with limit_reached.
inline constexpr base::ByteCount kCallBytesMax = 4 << 20;

/// The largest answer is a list of records or intents: 300,000 intents of about 400 bytes.
inline constexpr base::ByteCount kAnswerBytesMax = 128 << 20;

/// What a service takes as one file: 10,000 parts of 100 MiB would be a terabyte, no tablet's disk.
/// A day of video at 4 Mbit/s is 43 GB. Past it: file_too_large.
inline constexpr base::ByteCount kBlobBytesMax = base::ByteCount{50} * 1'000'000'000;

/// Bytes of a file's beginning that its type is told from.
inline constexpr base::ByteCount kHeadBytes = 64;

/// Handler threads wait for the loop's answers. More calls at once than this are refused with
/// limit_reached, so that a stuck loop does not gather an endless heap of requests.
inline constexpr int kCallsAtOnceMax = 64;

/// File names are at most 255 bytes on every system; the query carries them percent-encoded.
inline constexpr base::ByteCount kNameBytesMax = 3 * 255;
/// Of what a stranger asked for, in a refusal: a line or two of a terminal.
inline constexpr std::size_t kShownBytesMax = 200;

}  // namespace fieldsync::api::tuning
