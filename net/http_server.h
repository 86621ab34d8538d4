#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"
#include "platform/base/result.h"

namespace fieldsync::net {

/// A request as a server sees it. The body is read through `read_body`, so that large uploads never
/// sit in memory.
struct ServerRequest {
  Method method = Method::get;
  std::string path;   ///< decoded, begins with '/'
  std::string query;  ///< raw, without '?'
  Headers headers;
  std::string peer;  ///< "127.0.0.1"; empty on a Unix socket
  /// Calls `take` with pieces of the body until its end, or until `take` returns false. False when
  /// the body was cut short. Call at most once.
  std::function<bool(const std::function<bool(std::string_view piece)>& take)> read_body;
};

/// What to do with the connection: the faults a double needs.
enum class Fate {
  answer,       ///< send the response
  drop,         ///< close without a byte
  cut_in_body,  ///< send headers and half of the body, then close
};

struct ServerReply {
  HttpResponse response;
  Fate fate = Fate::answer;
};

/// A small HTTP/1.1 server on loopback TCP or a Unix socket, for the local API and the sandbox. The
/// handler runs on the server's threads, several at once.
class HttpServer {
 public:
  using Handler = std::function<ServerReply(const ServerRequest&)>;
  explicit HttpServer(Handler handler);
  /// The same, keeping connections on which nothing is asked for so long.
  HttpServer(Handler handler, base::Millis idle_max);
  ~HttpServer();  ///< stops and joins
  /// Listens on 127.0.0.1; port 0 picks a free one. Returns the port.
  Result<int> listen_loopback(int port);
  /// Listens on a Unix socket that only this user may open; a stale one is replaced.
  Result<> listen_unix(const Path& socket);
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One blocking exchange with a server of this machine: the command line's side of the local API.
/// `address` is a Unix socket's path or "127.0.0.1:PORT". Files as bodies are streamed. Fails with
/// offline when nobody listens.
Result<HttpResponse> call_local(const std::string& address, const HttpRequest& request);
/// The port of "127.0.0.1:PORT"; nothing for a path.
std::optional<int> loopback_port(std::string_view address);

}  // namespace fieldsync::net
