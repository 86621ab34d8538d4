#pragma once

#include <doctest/doctest.h>

#include <optional>

#include "net/curl_transport.h"
#include "net/http_server.h"
#include "platform/host.h"
#include "tests/support/temp_folder.h"

namespace fieldsync::net::test {

using tests::TempFolder;

inline ServerReply text_reply(int status, std::string body) {
  ServerReply reply;
  reply.response.status = status;
  reply.response.headers.add("Content-Type", "text/plain");
  reply.response.body = std::move(body);
  return reply;
}

inline std::string body_of(const ServerRequest& request) {
  std::string body;
  request.read_body([&](std::string_view piece) {
    body += piece;
    return true;
  });
  return body;
}

/// The real loop, clock, files and transport, and a server on a free port.
class Rig {
 public:
  explicit Rig(HttpServer::Handler handler, CurlOptions options = {})
      : server(std::move(handler)), transport(host, std::move(options)) {
    auto listening = server.listen_loopback(0);
    REQUIRE(listening.ok());
    port = *listening;
  }

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port) + path;
  }
  HttpRequest request(Method method, const std::string& path) const {
    HttpRequest made;
    made.method = method;
    made.url = url(path);
    return made;
  }
  HttpOutcome run(HttpRequest request, HttpTransport::ProgressCallback progress = nullptr) {
    std::optional<HttpOutcome> outcome;
    transport.submit(
        std::move(request),
        [&](HttpOutcome got) {
          REQUIRE_FALSE(outcome.has_value());
          outcome = std::move(got);
        },
        std::move(progress));
    loop.run_until([&] { return outcome.has_value(); });
    return std::move(*outcome);
  }
  HttpOutcome get(const std::string& path) { return run(request(Method::get, path)); }

  std::unique_ptr<platform::Clock> clock = platform::make_system_clock();
  std::unique_ptr<platform::FileSystem> files = platform::make_system_files();
  platform::ThreadLoop loop{*clock};
  platform::ThreadWorkers workers{loop};
  platform::Random random{1};
  platform::Host host{*clock, loop, *files, workers, random};
  TempFolder folder;
  HttpServer server;
  CurlTransport transport;
  int port = 0;
};

}  // namespace fieldsync::net::test
