#pragma once

#include <cstddef>

#include "platform/base/types.h"

/// Every number of net, with its arithmetic.
namespace fieldsync::net::tuning {

// --- Requests and answers ------------------------------------------------------------------------

/// Presigned storage URLs are about 2 kB; servers commonly refuse past 8 kB.
inline constexpr std::size_t kUrlBytesMax = 16 << 10;

/// All headers of one message: servers commonly refuse past 8 to 32 kB, a token takes 2 kB.
inline constexpr base::ByteCount kHeaderBytesMax = 64 << 10;

/// Read from disk or socket at a time: a call costs nothing beside moving this much, and memory
/// stays flat with many exchanges.
inline constexpr base::ByteCount kPieceBytes = 64 << 10;

// --- The transport -------------------------------------------------------------------------------

/// Exchanges submitted and not yet ended. The planner keeps a handful in flight; past this a submit
/// fails at once with limit_reached.
inline constexpr std::size_t kExchangesMax = 1'000;

/// Idle connections kept: API, login and storage host with four each, at most.
inline constexpr long kIdleConnectionsMax = 12;

/// Where an answer goes to a file, the body of a refusal is still read into memory: error pages are
/// a few kB.
inline constexpr base::ByteCount kErrorBodyMax = 1 << 20;

/// Progress is told again after this much: some hundred times for a photo.
inline constexpr base::ByteCount kProgressStep = 32 << 10;

/// Hosts whose announcement of compressed requests is remembered; past this the memory starts anew.
inline constexpr std::size_t kAnnouncementsMax = 64;

// --- The server ----------------------------------------------------------------------------------

/// Connections served at once: a browser opens 6, the agent 4 per host, and a double must stand 100
/// requests of tests. Threads come when needed; an idle server has one, asleep in accept.
inline constexpr int kServerThreadsMax = 32;

/// Connections waiting for a thread. Further ones are closed: the client sees a busy server at
/// once.
inline constexpr std::size_t kServerQueueMax = 128;

/// An idle connection keeps its thread this long; a client that comes back later connects again,
/// which costs nothing on one machine.
inline constexpr base::Millis kServerIdle{5'000};

/// A request whose next byte does not come, or an answer nobody takes: local, or a site's bad link
/// in tests of the double.
inline constexpr base::Millis kServerStall{30'000};

/// Requests on one connection: only so that no connection lives for ever.
inline constexpr int kServerRequestsPerConnection = 1'000;

/// An unread body up to this is read and thrown away so that the connection can go on; past it the
/// connection is closed after the answer.
inline constexpr base::ByteCount kServerDrainMax = 1 << 20;

/// After the answer to a request that was not read to its end: how much and how long we go on
/// reading before we close. Closing at once would reset the connection and could destroy the answer
/// on its way.
inline constexpr base::ByteCount kServerLingerBytes = 64 << 20;
inline constexpr base::Millis kServerLinger{1'000};

// --- The client of the local API -----------------------------------------------------------------

/// The agent answers from memory; `sync --wait` may take this long between two bytes.
inline constexpr base::Millis kLocalStall{600'000};

}  // namespace fieldsync::net::tuning
