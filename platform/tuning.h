#pragma once

#include <chrono>
#include <cstddef>

#include "platform/base/types.h"

/// Every number of platform that tunes behaviour, with its reason.
namespace fieldsync::platform::tuning {

/// A log line must stay readable, and one hostile value must not fill the 5 MB file: 2,000 bytes
/// are some twenty lines of a terminal.
inline constexpr std::size_t kLogValueBytesMax = 2'000;

/// Text of one field. Procore documents no limit; a page is about 3 kB, so this is 300 pages.
inline constexpr std::size_t kFieldBytesMax = 1'000'000;
/// Ids in one set field: far beyond any distribution list.
inline constexpr std::size_t kSetSizeMax = 1'000;

/// A secret is a token of some kB at most (JWTs with many claims).
inline constexpr base::ByteCount kSecretBytesMax = 64 * 1024;
/// The same encrypted: Windows adds some 200 bytes.
inline constexpr base::ByteCount kSealedBytesMax = kSecretBytesMax + 4 * 1024;
/// A line typed or piped in: room for a token, and an end to `yes | tr -d '\n'`.
inline constexpr std::size_t kInputLineBytesMax = 64 * 1024;

/// Bytes appended to a file before the disk is set to work on them: large enough that a disk writes
/// them in one go, a fifth of a photo.
inline constexpr base::ByteCount kWriteBehind = 1 << 20;

/// Windows: how often a rename or removal that another program refuses by holding the file open is
/// tried again, and after what pause. A scanner holds a new file for some 10 to 100 ms: 20 tries 25
/// ms apart outlast it five times.
inline constexpr int kSharingTries = 20;
inline constexpr std::chrono::milliseconds kSharingPause{25};

/// A Wi-Fi that comes up tells its link, addresses and routes within some 100 ms of each other.
inline constexpr std::chrono::milliseconds kNetworkQuiet{300};

/// Sleeping and waking takes seconds: the same event within one is a repetition.
inline constexpr std::chrono::milliseconds kPowerQuiet{1'000};

/// NetworkManager answers within milliseconds. It is asked on the loop's thread, so that one that
/// hangs may cost this much, once for each change of the links.
inline constexpr std::chrono::milliseconds kBusAnswerMax{200};

/// How often a service that starts or stops is looked at: the agent takes some 100 ms for either.
inline constexpr std::chrono::milliseconds kServicePoll{50};

/// How long a wait for a child sleeps between two looks: 200 looks a second cost nothing that can
/// be measured, and tests see the end within 5 ms.
inline constexpr std::chrono::milliseconds kChildPoll{5};

}  // namespace fieldsync::platform::tuning
