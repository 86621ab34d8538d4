#include "net/http_server.h"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>

#include "tests/unit/net_raw_client.h"

using namespace fieldsync;
using namespace fieldsync::net;
using net::test::raw_exchange;

namespace {

ServerReply text(int status, std::string body) {
  ServerReply reply;
  reply.response.status = status;
  reply.response.headers.add("Content-Type", "text/plain");
  reply.response.body = std::move(body);
  return reply;
}

std::string body_of(const ServerRequest& request) {
  std::string body;
  request.read_body([&](std::string_view piece) {
    body += piece;
    return true;
  });
  return body;
}

int listen(HttpServer& server) {
  auto port = server.listen_loopback(0);
  REQUIRE(port.ok());
  return *port;
}

}  // namespace

TEST_CASE("server: a dropped request gets not a single byte") {
  for (const int status : {200, 0}) {
    HttpServer server([status](const ServerRequest&) {
      ServerReply reply = text(status, "never seen");
      reply.fate = Fate::drop;
      return reply;
    });
    CHECK(raw_exchange(listen(server), "GET / HTTP/1.1\r\nHost: x\r\n\r\n") == "");
  }
}

TEST_CASE("server: a cut answer announces its full length and sends half of the body") {
  HttpServer server([](const ServerRequest&) {
    ServerReply reply = text(200, "0123456789");
    reply.fate = Fate::cut_in_body;
    return reply;
  });
  const std::string got = raw_exchange(listen(server), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(got.starts_with("HTTP/1.1 200"));
  CHECK(got.find("Content-Length: 10\r\n") != std::string::npos);
  CHECK(got.ends_with("\r\n\r\n01234"));
}

TEST_CASE("server: a handler that throws gives 500 and the server goes on") {
  HttpServer server([](const ServerRequest& request) -> ServerReply {
    if (request.path == "/bad") throw std::runtime_error("secret detail");
    return text(200, "fine");
  });
  const int port = listen(server);
  const std::string bad =
      raw_exchange(port, "GET /bad HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(bad.starts_with("HTTP/1.1 500"));
  CHECK(bad.find("secret detail") == std::string::npos);
  CHECK(raw_exchange(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .ends_with("fine"));
}

TEST_CASE("server: two requests share a connection, also when the first body was left unread") {
  HttpServer server(
      [](const ServerRequest& request) { return text(200, "[" + request.path + "]"); });
  const std::string got =
      raw_exchange(listen(server),
                   "POST /one HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /"
                   "GET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(got.find("[/one]") != std::string::npos);
  CHECK(got.find("[/two]") != std::string::npos);
}

TEST_CASE("server: a body on a GET ends the connection instead of becoming the next request") {
  std::atomic<int> served = 0;
  HttpServer server([&](const ServerRequest&) {
    ++served;
    return text(200, "x");
  });
  raw_exchange(listen(server),
               "GET /one HTTP/1.1\r\nHost: x\r\nContent-Length: 39\r\n\r\n"
               "GET /two HTTP/1.1\r\nHost: x\r\nX-Long: 1\r\n\r\n");
  CHECK(served == 1);
}

TEST_CASE("server: a refused upload gets its answer although the body was not read") {
  HttpServer server([](const ServerRequest&) { return text(403, "no"); });
  std::string request = "PUT /big HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n";
  request += std::string(8'000'000, 'x');
  const std::string got = raw_exchange(listen(server), request);
  CHECK(got.starts_with("HTTP/1.1 403"));
  CHECK(got.ends_with("no"));
}

TEST_CASE("server: forms, ranges and encodings reach the handler as they are") {
  HttpServer server([](const ServerRequest& request) {
    return text(200, body_of(request) + "|" + request.headers.text("content-type") + "|" +
                         request.headers.text("Range") + "|" + request.path + "|" + request.query);
  });
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n";
  const std::string got =
      raw_exchange(listen(server),
                   "POST /a%20b/c?x=%41&y HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                   "Accept-Encoding: gzip, br\r\nRange: bytes=0-1\r\n"
                   "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
  CHECK(got.starts_with("HTTP/1.1 200"));
  CHECK(got.ends_with("\r\n\r\n" + body +
                      "|multipart/form-data; boundary=b|bytes=0-1|/a b/c|x=%41&y"));
}

TEST_CASE("server: a body shorter than announced is told to the handler as cut") {
  std::atomic<bool> was_whole = true;
  std::atomic<std::size_t> seen = 0;
  {
    HttpServer server([&](const ServerRequest& request) {
      was_whole = request.read_body([&](std::string_view piece) {
        seen += piece.size();
        return true;
      });
      return text(200, "x");
    });
    // The server stops while the client still owes bytes.
    const std::string request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc";
    raw_exchange(listen(server), request, net::test::AfterSending::end);
  }
  CHECK_FALSE(was_whole);
  CHECK(seen == 3);
}

TEST_CASE("server: endless headers end the connection") {
  std::atomic<int> served = 0;
  HttpServer server([&](const ServerRequest&) {
    ++served;
    return text(200, "x");
  });
  std::string request = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 10'000; ++i) request += "X-" + std::to_string(i) + ": 0123456789\r\n";
  raw_exchange(listen(server), request + "\r\n");
  CHECK(served == 0);
}

TEST_CASE("server: methods and targets it does not know are refused") {
  HttpServer server([](const ServerRequest&) { return text(200, "x"); });
  const int port = listen(server);
  const std::string tail = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  CHECK_FALSE(raw_exchange(port, "OPTIONS /" + tail).starts_with("HTTP/1.1 200"));
  CHECK_FALSE(raw_exchange(port, "BREW /" + tail).starts_with("HTTP/1.1 200"));
  CHECK_FALSE(raw_exchange(port, "GET http://evil/x" + tail).starts_with("HTTP/1.1 200"));
}

TEST_CASE("server: a handler cannot inject headers") {
  HttpServer server([](const ServerRequest&) {
    ServerReply reply = text(200, "x");
    reply.response.headers.add("X-Name", "a\r\nSet-Cookie: evil=1");
    return reply;
  });
  const std::string got =
      raw_exchange(listen(server), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(got.find("evil") == std::string::npos);
}

TEST_CASE("server: a taken port is refused, and free again after stop") {
  HttpServer first([](const ServerRequest&) { return text(200, "1"); });
  const int port = listen(first);
  HttpServer second([](const ServerRequest&) { return text(200, "2"); });
  CHECK_FALSE(second.listen_loopback(port).ok());
  first.stop();
  HttpServer third([](const ServerRequest&) { return text(200, "3"); });
  CHECK(third.listen_loopback(port).ok());
}
