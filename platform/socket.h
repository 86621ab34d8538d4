#pragma once

#include <cstddef>
#include <cstdint>

#include "platform/base/result.h"
#include "platform/base/types.h"

/// The few calls on sockets that the HTTP server needs beside its library: a connection must be
/// closable without a byte, wakeable when the server stops, and a Unix socket private from the
/// moment it exists. Any thread.
namespace fieldsync::platform {

/// A socket as the system numbers it.
using SocketHandle = std::intptr_t;

/// Whether something can be read (the end of the stream included) within `limit`.
bool wait_readable(SocketHandle socket, base::Millis limit);
/// Whether something can be written within `limit`.
bool wait_writable(SocketHandle socket, base::Millis limit);
/// Reads what is there, at most `size` bytes: 0 at the end of the stream, -1 on failure.
std::ptrdiff_t read_some(SocketHandle socket, char* to, std::size_t size);
/// Writes what fits, at least a byte: -1 on failure. Never raises a signal.
std::ptrdiff_t write_some(SocketHandle socket, const char* from, std::size_t size);

enum class ShutDown {
  writing,  ///< the other side sees the end of the stream
  both,     ///< and whoever waits on this side wakes up
};
void shut_down(SocketHandle socket, ShutDown what);
/// Closes; what was written still leaves when the link is back, minutes later if need be.
void close_socket(SocketHandle socket);
/// Closes and throws away what was written and is not confirmed: nothing leaves any more.
void abandon_socket(SocketHandle socket);
/// Bytes given to the system that the other side has not confirmed yet; 0 where it cannot be told.
base::ByteCount unconfirmed_bytes(SocketHandle socket);

/// Makes the system try a link that went silent again at least every second, where it doubles its
/// pauses otherwise: after a cut of 5 s it would wait up to 4 s more. For a new connection.
/// Systems that cannot (Linux before 6.15) go on as they are.
void retry_every_second(SocketHandle socket);
/// Makes the system send steadily over a new connection. BBR, which some machines are set to, sends
/// next to nothing for a round trip, and for 200 ms at least, every ten seconds to measure the way:
/// CUBIC is asked for in its place. And what may leave is spread over the round trip, instead of in
/// one burst after a pause, which the queue before a slow link cannot hold. A system that does not
/// allow either goes on as it is.
void send_steadily(SocketHandle socket);
/// Its own port, by which a library that does not tell its sockets tells its connection; 0 when it
/// has none.
int local_port(SocketHandle socket);
/// What the system measured of a connection's way lately; zeros where it tells nothing.
struct Delivery {
  double bytes_per_second = 0;
  double round_trip_seconds = 0;      ///< the shortest seen
  double round_trip_now_seconds = 0;  ///< of late, with what queues on the way
};
Delivery delivery_of(SocketHandle socket);
/// Room for so many bytes that were written and are not confirmed; writing waits past it.
void limit_send_queue(SocketHandle socket, base::ByteCount bytes);
/// How fast bytes may leave, whatever the system thinks of the way; zero ends the limit. A system
/// that cannot goes on as it is.
void limit_send_rate(SocketHandle socket, double bytes_per_second);

/// Whether a wait of libcurl's may not notice that a socket takes bytes again: WSAEventSelect tells
/// of that once, and under Wine 8 an empty send does not make it tell again (curl 7.88, multi.c).
bool may_miss_writable();

/// Whether programs of this machine can meet at a Unix socket.
bool has_unix_sockets();

enum class Listener {
  loopback,         ///< may take over an address whose old connections still linger
  unix_owner_only,  ///< only this user may connect
};
/// To be called before the socket is bound.
void prepare_listener(SocketHandle socket, Listener kind);
/// How many connections may wait to be accepted, for a socket that listens already. A connection to
/// a Unix socket past it is refused, not delayed.
void set_backlog(SocketHandle socket, int connections);
/// Makes way for a listener at `path`: removes a socket nobody listens on. already_running when
/// somebody does, file_unreadable when something else is in the way. A missing one is no failure.
base::Result<> remove_stale_socket(const base::Path& path);
/// Whether the system can bind a Unix socket at `path`: their length is limited (107 bytes on
/// Linux).
bool is_socket_path(const base::Path& path);

}  // namespace fieldsync::platform
