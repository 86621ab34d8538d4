#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/api/commands.h"
#include "net/http_server.h"
#include "platform/base/log.h"
#include "platform/base/secret.h"
#include "platform/event_loop.h"
#include "platform/file_system.h"
#include "storage/blob_store.h"

namespace fieldsync::api {

/// The agent's door for this machine's people: the commands over a Unix socket that only its owner
/// may open, with a per-machine token besides; where there are none, over a port of loopback, with
/// the token, and with a proof that whoever listens there knows it too. Handlers run on the
/// server's threads, hand each call to the loop and wait for its answer; file bytes go straight to
/// `originals`. wire.h has the messages.
class LocalApi {
 public:
  LocalApi(platform::EventLoop& loop, Commands& commands, storage::BlobStore& originals,
           base::Secret token, base::Log& log);
  ~LocalApi();  ///< closes

  /// Starts to answer; a stale socket is replaced. The caller holds the state folder's lock, so no
  /// other agent can be listening there.
  base::Result<> listen(const base::Path& socket);
  /// The same on 127.0.0.1; returns the port.
  base::Result<int> listen_loopback();
  /// Answers every waiting call with offline, "the agent is stopping" (503), and stops to listen.
  /// Calls that the loop has not begun never reach the commands. Loop thread, or after the loop has
  /// ended; the second time without effect.
  void close();

  /// One request, without a socket. Any thread but the loop's.
  net::ServerReply handle(const net::ServerRequest& request);

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::unique_ptr<net::HttpServer> server_;
};

/// The token in `state`/api.token, made at the first call. Owner-only; a damaged file is replaced.
base::Result<base::Secret> api_token(platform::FileSystem& files, const base::Path& state);

/// Where the agent of `state` listens: `state`/agent.sock, unless that is longer than a socket's
/// address may be (108 bytes on Linux). Then it is a file named by the digest of the state path in
/// `run_folder`, and `state`/agent.address tells clients. `run_folder` must belong to this person
/// alone: in a shared one such as /tmp somebody else could listen first and read the token.
base::Path socket_path(const base::Path& state, const base::Path& run_folder);

/// Lets `door` listen for the agent of `state` and tells clients where, in `state`/agent.address
/// when it is not `state`/agent.sock.
base::Result<> open_door(LocalApi& door, platform::FileSystem& files, const base::Path& state,
                         const base::Path& run_folder);
/// Where the agent of `state` listens, or would: the path of a socket, or "127.0.0.1:PORT".
std::string door_address(platform::FileSystem& files, const base::Path& state);

/// The files by which people find the door of `state` and open it: who may read them may speak.
std::vector<base::Path> door_files(platform::FileSystem& files, const base::Path& state);

/// What the agent at `port` answers to a `nonce` to prove that it knows the token, which stays
/// where it is: on loopback anyone may listen on the port of an agent that crashed, and must not be
/// told the token. The port is part of it, so that nobody can pass on what an agent at another port
/// said.
std::string proof_of(const base::Secret& token, int port, std::string_view nonce);

}  // namespace fieldsync::api
