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

/// Where a page begins to look like one, where its title ends at the latest, and how much of the
/// title is shown: pages of portals are a few kB of text with the title in front.
inline constexpr std::size_t kPageHead = 1 << 10;
inline constexpr std::size_t kPageTitleWithin = 16 << 10;
inline constexpr std::size_t kPageTitleMax = 80;

// --- The transport -------------------------------------------------------------------------------

/// Exchanges submitted and not yet ended. The planner keeps a handful in flight; past this a submit
/// fails at once with limit_reached.
inline constexpr std::size_t kExchangesMax = 1'000;

/// Idle connections kept: API, login and storage host with four each, at most.
inline constexpr long kIdleConnectionsMax = 12;

/// Where an answer goes to a file, the body of a refusal is still read into memory: error pages are
/// a few kB.
inline constexpr base::ByteCount kErrorBodyMax = 1 << 20;

/// Progress is told again after this much, some hundred times for a photo, or, on a slow link, as
/// soon as anything moved in this time.
inline constexpr base::ByteCount kProgressStep = 32 << 10;
inline constexpr base::Millis kProgressPause{250};

/// What a file being sent may keep waiting in the system: 100 ms of the link, and at least what any
/// link takes at once (64 KiB are 100 ms at 5 Mbit/s).
inline constexpr base::Millis kSendQueueMax{100};
inline constexpr base::ByteCount kSendQueueMin = 64 << 10;
/// How often that is looked at: a link's rate changes from second to second.
inline constexpr base::Millis kSendQueueLook{100};
/// While a small request waits a file is sent at a fifth of the link's rate until what is queued
/// has left, 0.6 s for half a second of queue: about as long as the first round trip through that
/// queue takes, and the second meets none. Then at nine tenths, so that none builds up: a note of
/// two round trips costs a file 0.2 s.
inline constexpr double kDrainShare = 0.2;
inline constexpr double kHoldShare = 0.9;
/// A queue below this is no reason: the jitter of a mobile link is as large.
inline constexpr base::Millis kQueueWorthDraining{60};
/// Between the look at a record and the write after it lies a commit.
inline constexpr base::Millis kGiveWayAfter{500};
/// A service that thinks for minutes would hold a file at nine tenths; and one that is asked
/// something all the time, at a fifth.
inline constexpr base::Millis kGiveWayMax{5'000};
/// What is left of the fastest rate seen after one more look: half of it after seven seconds.
inline constexpr double kSendRateMemory = 0.99;

/// A long body is compressed when its first 64 KB become shorter by a twentieth: 1 ms of CPU tells
/// whether 30 ms for the longest, 1 MB of text, are well spent.
inline constexpr std::size_t kCompressSample = 64 << 10;
inline constexpr std::size_t kCompressWorthPercent = 95;

/// Used connections lost under a file until files go on new ones, which cost a round trip each: one
/// loss may be the link's, two within ten minutes rather a box's on the way.
inline constexpr int kLossesUntilNew = 2;
inline constexpr base::Millis kLossesRemembered{600'000};

/// Hosts whose announcements or losses are remembered; past this the memory starts anew.
inline constexpr std::size_t kAnnouncementsMax = 64;

// --- The request budget (facts/procore-api.md 3) -------------------------------------------------

/// The spike window is 10 s long. The margin covers requests that left apart and arrive together.
inline constexpr base::Millis kSpikeWindow{10'000};
inline constexpr base::Millis kSpikeMargin{250};

/// Requests per spike window until the service told its own number: the guide's example.
inline constexpr int kSpikeLimitAssumed = 25;

/// A limit above this is not one for ten seconds (the guide's example is 25), whenever it resets.
inline constexpr int kSpikeLimitMax = 200;

/// A reset farther away than a spike window and five seconds of rounding belongs to the hour.
inline constexpr base::Millis kSpikeResetMax{15'000};

/// The other window, and how much later than that a reset may lie before it is not believed.
inline constexpr base::Millis kHour{3'600'000};
inline constexpr base::Millis kResetSlack{60'000};

/// Larger numbers of requests per window are not believed: three hundred per second.
inline constexpr int kRequestLimitMax = 1'000'000;

/// A 429 that names no time: one spike window at first, doubled each time up to ten minutes.
inline constexpr base::Millis kBackoffFirst{10'000};
inline constexpr base::Millis kBackoffMax{600'000};

/// The gate never stays closed longer: after that one request finds out more than waiting does.
inline constexpr base::Millis kClosedMax{3'600'000};

// Where many machines spend one budget (shared_pace.h). Found with tests/sim/fleet.h: 5,000 agents.
/// The first pause of one that had nothing of a window that is used up: a spike window, or after an
/// hour a quarter of it.
inline constexpr base::Millis kPaceFirstMax{900'000};
/// Refused again: four times longer; from 10 s to the longest takes five refusals.
inline constexpr int kPaceRefusedTimes = 4;
/// At 3,600 calls an hour 3,600 machines have one each. Longer pauses spare 429s and leave the last
/// machines waiting when the budget is free again.
inline constexpr base::Millis kPaceMax{3'600'000};
/// A pause shorter than this is none: 1 call in a second is 3,600 an hour.
inline constexpr base::Millis kPaceMin{1'000};
/// How much quicker or slower one answer makes us that tells what all have spent.
inline constexpr double kPaceQuicker = 0.25;
inline constexpr double kPaceSlower = 1.5;
/// From a fifth of a window on, 2 s of ten, its count says something.
inline constexpr double kPaceLookAfter = 0.2;
/// Calls of one turn, and how long after its first the others of it may leave: an edit goes out
/// within 10 s of the look at its record, or has to look again.
inline constexpr int kPaceTurnCalls = 2;
inline constexpr base::Millis kPaceTurnMax{8'000};
/// After an outage the others wait this long for the first call's answer: a satellite's round trip
/// thrice.
inline constexpr base::Millis kPaceScout{2'000};

// --- The login (facts/procore-api.md 2.3) --------------------------------------------------------

/// A token is renewed a quarter of its life before its end, at most this long before: procore's
/// live 90 min, and a link that comes for a minute every few should be enough.
inline constexpr base::Millis kRenewBeforeMax{300'000};

/// Between two attempts to renew a token that still works.
inline constexpr base::Millis kRenewAgainAfter{30'000};

/// Lifetimes a service may tell. Less is none at all, more is not believed; and what is assumed
/// when it tells none.
inline constexpr base::Millis kTokenLifeMax{86'400'000};
inline constexpr base::Millis kTokenLifeAssumed{5'400'000};

/// A token is a line of a header: observed ones are 1 to 2 kB.
inline constexpr std::size_t kTokenBytesMax = 16 << 10;
inline constexpr base::ByteCount kTokenAnswerMax = 1 << 20;

/// Accounts are commonly locked after five refusals in a row. Ours end at three, until a person
/// logs in.
inline constexpr int kRefusalsMax = 3;

/// Renewals whose answer was lost, each sent right after the login server had answered: ten in a
/// row are no bad link any more, and a person is asked to log in.
inline constexpr int kLostRenewalsMax = 10;

/// A token refused within this time of its arrival counts as a refused login: the service gives
/// tokens it does not take, and asking for more changes nothing.
inline constexpr base::Millis kFreshToken{60'000};

/// Callers waiting for one token. Every exchange in flight is one; further ones fail at once.
inline constexpr std::size_t kTokenWaitersMax = 1'000;

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

/// How often a file that is sent looks whether its socket takes bytes again, where that may be
/// missed: 64 kB a look, the least that a socket holds, are 3 MB/s at worst.
inline constexpr base::Millis kWritableLook{20};

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
