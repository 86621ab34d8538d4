#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "net/http_server.h"
#include "net/sandbox/sandbox.h"

namespace fieldsync::net::sandbox {

struct Ports {
  int api = 0, storage = 0, control = 0;  ///< 0: any free one
};

/// The sandbox on three loopback ports. A delayed answer holds up its own connection only.
class SandboxServer {
 public:
  explicit SandboxServer(Sandbox& sandbox);
  ~SandboxServer();  ///< ends delays, stops and joins
  /// Listens, then tells the sandbox its origins. Returns the ports in use.
  Result<Ports> listen(const Ports& wanted);
  void stop();

 private:
  ServerReply pass_on(Reply reply);
  /// A handler for bodies that are held in memory; a longer one is refused with 413.
  HttpServer::Handler in_memory(Reply (Sandbox::*answer)(const Request&), base::ByteCount body_max);

  Sandbox& sandbox_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::unique_ptr<HttpServer> api_, storage_, control_;
};

}  // namespace fieldsync::net::sandbox
