#pragma once

#include <cstddef>

/// Limits of what an adapter reads, each with its arithmetic.
namespace fieldsync::net::tuning {

/// Listings end here: 1,000 pages of 1,000 records are a million, ten times the largest project we
/// know of. A service that still says "next" is looping, and reading on fails with limit_reached.
inline constexpr int kPagesMax = 1000;

/// What of the service's own words goes into a failure: three lines on a terminal.
inline constexpr std::size_t kServiceWordsBytesMax = 300;

/// Error bodies are searched for words this deep; the deepest known shape needs four.
inline constexpr int kErrorDepthMax = 8;

/// Presigned URLs are about 1.5 kB and carry about five headers or ten form fields.
inline constexpr std::size_t kTicketUrlBytesMax = 8192;
inline constexpr std::size_t kTicketPairsMax = 64;

/// Text ids are ULIDs of 26 characters; the longest number has 19 digits.
inline constexpr std::size_t kIdBytesMax = 64;

/// Tools of one project; Procore has about forty. Each is looked for among those before it.
inline constexpr std::size_t kToolsMax = 1000;

}  // namespace fieldsync::net::tuning
