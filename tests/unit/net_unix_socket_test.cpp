#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>

#include "net/http_server.h"
#include "platform/atomic_file.h"
#include "tests/unit/net_rig.h"

using namespace fieldsync;
using namespace fieldsync::net;
using namespace fieldsync::net::test;
using base::Cause;

namespace {

HttpRequest request_to(Method method, const std::string& url) {
  HttpRequest request;
  request.method = method;
  request.url = url;
  return request;
}

void write_file(const std::string& path, std::string_view bytes) {
  auto files = platform::make_system_files();
  REQUIRE(platform::write_atomically(*files, path, bytes, platform::FileSystem::Access::owner_only)
              .ok());
}

}  // namespace

TEST_CASE("unix: a call carries method, target, headers and body there and the answer back") {
  TempFolder folder;
  HttpServer server([](const ServerRequest& request) {
    ServerReply reply = text_reply(
        201, std::string(name(request.method)) + "|" + request.path + "|" + request.query + "|" +
                 request.headers.text("Host") + "|" + request.headers.text("Authorization") + "|" +
                 request.peer + "|" + body_of(request));
    reply.response.headers.add("X-Id", "7");
    return reply;
  });
  REQUIRE(server.listen_unix(folder / "s").ok());
  HttpRequest request = request_to(Method::post, "/v1/a%20b?x=1&y");
  request.headers.add("Authorization", "Bearer t");
  request.body = std::string("{\"a\":1}");
  const auto answer = call_local(folder / "s", request);
  REQUIRE(answer.ok());
  CHECK(answer->status == 201);
  CHECK(answer->body == "POST|/v1/a b|x=1&y|localhost|Bearer t||{\"a\":1}");
  CHECK(answer->headers.text("x-id") == "7");

  const auto whole_url = call_local(folder / "s", request_to(Method::get, "http://localhost/q?z"));
  REQUIRE(whole_url.ok());
  CHECK(whole_url->body == "GET|/q|z|localhost|||");
}

TEST_CASE("unix: every method and an empty answer work") {
  TempFolder folder;
  HttpServer server([](const ServerRequest& request) {
    ServerReply reply = text_reply(204, "");
    reply.response.headers.add("X-Method", std::string(name(request.method)));
    return reply;
  });
  REQUIRE(server.listen_unix(folder / "s").ok());
  for (const Method method : {Method::get, Method::post, Method::put, Method::patch, Method::del}) {
    const auto answer = call_local(folder / "s", request_to(method, "/"));
    REQUIRE(answer.ok());
    CHECK(answer->status == 204);
    CHECK(answer->body.empty());
    CHECK(answer->headers.text("X-Method") == name(method));
  }
}

TEST_CASE("unix: only this user may connect, from the first moment") {
  TempFolder folder;
  HttpServer server([](const ServerRequest&) { return text_reply(200, ""); });
  const mode_t before = ::umask(0);
  const auto listening = server.listen_unix(folder / "s");
  ::umask(before);
  REQUIRE(listening.ok());
  struct stat found {};
  REQUIRE(::stat((folder / "s").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
}

TEST_CASE("unix: a stale socket is replaced, a living one and other files are not") {
  TempFolder folder;
  const auto handler = [](const ServerRequest&) { return text_reply(200, "x"); };
  const std::string path = folder / "s";
  {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    ::close(fd);  // as a killed program leaves it
  }
  HttpServer first(handler);
  REQUIRE(first.listen_unix(path).ok());
  HttpServer second(handler);
  const auto refused = second.listen_unix(path);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().cause == Cause::already_running);
  CHECK(call_local(path, request_to(Method::get, "/")).ok());

  write_file(folder / "precious", "work");
  HttpServer third(handler);
  CHECK_FALSE(third.listen_unix(folder / "precious").ok());
  CHECK(platform::read_all(*platform::make_system_files(), folder / "precious", 100).ok());

  HttpServer fourth(handler);
  CHECK_FALSE(fourth.listen_unix(folder / std::string(200, 'x')).ok());

  first.stop();
  struct stat found {};
  CHECK(::stat(path.c_str(), &found) != 0);
}

TEST_CASE("unix: nobody there is offline, also when the answer breaks off") {
  TempFolder folder;
  const auto absent = call_local(folder / "none", request_to(Method::get, "/"));
  REQUIRE_FALSE(absent.ok());
  CHECK(absent.failure().cause == Cause::offline);

  HttpServer server([](const ServerRequest& request) {
    ServerReply reply = text_reply(200, std::string(1000, 'x'));
    reply.fate = request.path == "/cut" ? Fate::cut_in_body : Fate::drop;
    return reply;
  });
  REQUIRE(server.listen_unix(folder / "s").ok());
  for (const char* path : {"/cut", "/drop"}) {
    const auto answer = call_local(folder / "s", request_to(Method::get, path));
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.failure().cause == Cause::offline);
  }
}

TEST_CASE("unix: files are streamed both ways, answers bounded") {
  TempFolder folder;
  std::atomic<std::size_t> largest = 0;
  HttpServer server([&](const ServerRequest& request) {
    std::string body;
    request.read_body([&](std::string_view piece) {
      largest = std::max(largest.load(), piece.size());
      body += piece;
      return true;
    });
    return text_reply(request.path == "/no" ? 404 : 200, body);
  });
  REQUIRE(server.listen_unix(folder / "s").ok());
  std::string bytes(3'000'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i / 7);
  write_file(folder / "in", bytes);
  HttpRequest request = request_to(Method::post, "/");
  request.body = FileSlice{folder / "in", 10, 2'999'000};
  request.save_to = folder / "out";
  const auto answer = call_local(folder / "s", request);
  REQUIRE(answer.ok());
  CHECK(answer->body.empty());
  CHECK(largest < 100'000);
  const auto saved = platform::read_all(*platform::make_system_files(), folder / "out", 4 << 20);
  REQUIRE(saved.ok());
  CHECK(*saved == bytes.substr(10, 2'999'000));

  request.save_to.reset();
  request.answer_bytes_max = 1'000;
  const auto too_long = call_local(folder / "s", request);
  REQUIRE_FALSE(too_long.ok());
  CHECK(too_long.failure().cause == Cause::unexpected_answer);

  request.body = FileSlice{folder / "in", 0, 4'000'000};
  const auto too_short = call_local(folder / "s", request);
  REQUIRE_FALSE(too_short.ok());
  CHECK(too_short.failure().what.find("shorter") != std::string::npos);
}

TEST_CASE("unix: what cannot be sent is refused") {
  TempFolder folder;
  HttpRequest request = request_to(Method::get, "/");
  request.headers.add("X", "a\r\nY: b");
  CHECK(call_local(folder / "s", request).failure().cause == Cause::unexpected_answer);
  CHECK(call_local(folder / "s", request_to(Method::get, "/a b")).failure().cause ==
        Cause::unexpected_answer);
}
