#include "net/curl_transport.h"

#include <zlib.h>

#include <atomic>
#include <future>
#include <mutex>
#include <sstream>
#include <thread>

#include "net/gzip.h"
#include "net/tuning.h"
#include "platform/base/digest.h"
#include "tests/unit/net_rig.h"

using namespace fieldsync;
using namespace fieldsync::net;
using namespace fieldsync::net::test;
using base::Cause;

namespace {

void write_file(const std::string& path, std::string_view bytes) {
  auto files = platform::make_system_files();
  auto file = files->create(path, platform::FileSystem::Access::owner_only);
  REQUIRE(file.ok());
  REQUIRE((*file)->append(bytes).ok());
}

std::string read_file(const std::string& path) {
  auto files = platform::make_system_files();
  auto text = platform::read_all(*files, path, 100 << 20);
  REQUIRE(text.ok());
  return *text;
}

bool exists(const std::string& path) {
  auto files = platform::make_system_files();
  auto info = files->info(path);
  return info.ok() && info->type != platform::FileType::missing;
}

ServerReply with_fate(ServerReply reply, Fate fate) {
  reply.fate = fate;
  return reply;
}

/// Holds handlers until the test lets them go.
class Gate {
 public:
  void open() { promise_.set_value(); }
  void pass() { future_.wait(); }

 private:
  std::promise<void> promise_;
  std::shared_future<void> future_ = promise_.get_future().share();
};

}  // namespace

TEST_CASE("transport: a GET brings status, headers and body") {
  Rig rig([](const ServerRequest& request) {
    ServerReply reply = text_reply(404, "no " + request.path + "?" + request.query);
    reply.response.headers.add("X-One", "1");
    return reply;
  });
  const HttpOutcome outcome = rig.get("/a%20b?x=%2F");
  REQUIRE(outcome.response.ok());
  CHECK(outcome.response->status == 404);
  CHECK(outcome.response->body == "no /a b?x=%2F");
  CHECK(outcome.response->headers.text("x-one") == "1");
  CHECK(outcome.bytes_received > 0);
  CHECK(outcome.bytes_sent > 0);
}

TEST_CASE("transport: each method arrives under its name with exactly its body and headers") {
  Rig rig([](const ServerRequest& request) {
    std::string seen = std::string(name(request.method)) + "|" + body_of(request) + "|" +
                       request.headers.text("Content-Type");
    seen += request.headers.find("Expect") ? "|expect" : "";
    seen += request.headers.find("Cookie") ? "|cookie" : "";
    return text_reply(200, seen);
  });
  for (const Method method : {Method::post, Method::put, Method::patch, Method::del}) {
    HttpRequest request = rig.request(method, "/");
    request.headers.add("Content-Type", "application/json");
    request.headers.add("Content-Length", "1");  // as storage tickets do; ours counts
    request.body = std::string(3000, 'x');
    const HttpOutcome outcome = rig.run(request);
    REQUIRE(outcome.response.ok());
    CHECK(outcome.response->body ==
          std::string(name(method)) + "|" + std::string(3000, 'x') + "|application/json");
  }
  for (const Method method : {Method::post, Method::put, Method::patch, Method::del}) {
    const HttpOutcome outcome = rig.run(rig.request(method, "/"));
    REQUIRE(outcome.response.ok());
    CHECK(outcome.response->body == std::string(name(method)) + "||");
  }
}

TEST_CASE("transport: a slice of a file is streamed, and only that slice") {
  std::mutex mutex;
  base::Hasher hash;
  std::size_t largest = 0;
  Rig rig([&](const ServerRequest& request) {
    ByteCount size = 0;
    const bool whole = request.read_body([&](std::string_view piece) {
      const std::lock_guard lock(mutex);
      size += static_cast<ByteCount>(piece.size());
      largest = std::max(largest, piece.size());
      hash.add(piece);
      return true;
    });
    return text_reply(whole ? 200 : 400, std::to_string(size));
  });
  std::string bytes(20'000'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 + i / 997);
  const std::string path = rig.folder / "photo.jpg";
  write_file(path, bytes);
  HttpRequest request = rig.request(Method::put, "/part");
  request.body = FileSlice{path, 1000, 19'000'000};
  ByteCount last_sent = 0;
  const HttpOutcome outcome =
      rig.run(request, [&](ByteCount sent, ByteCount) { last_sent = std::max(last_sent, sent); });
  REQUIRE(outcome.response.ok());
  CHECK(outcome.response->body == "19000000");
  CHECK(hash.finish() == base::digest_of(std::string_view(bytes).substr(1000, 19'000'000)));
  CHECK(largest < 1'000'000);
  CHECK(last_sent > 0);
  CHECK(outcome.bytes_sent >= 19'000'000);
}

TEST_CASE("transport: a file shorter than its slice fails and names the file") {
  Rig rig([](const ServerRequest& request) { return text_reply(200, body_of(request)); });
  const std::string path = rig.folder / "short.bin";
  write_file(path, "abc");
  HttpRequest request = rig.request(Method::put, "/");
  request.body = FileSlice{path, 0, 10};
  const HttpOutcome outcome = rig.run(request);
  REQUIRE_FALSE(outcome.response.ok());
  CHECK(outcome.response.failure().cause == Cause::file_unreadable);
  CHECK(outcome.response.failure().what.find("short.bin") != std::string::npos);

  request.body = FileSlice{rig.folder / "absent.bin", 0, 10};
  const HttpOutcome absent = rig.run(request);
  REQUIRE_FALSE(absent.response.ok());
  CHECK(absent.response.failure().cause == Cause::file_unreadable);
  CHECK(absent.reach == Reach::never_left);
}

TEST_CASE("transport: a form sends its fields in order and the file last") {
  Rig rig([](const ServerRequest& request) {
    return text_reply(200, request.headers.text("Content-Type") + "\n" + body_of(request));
  });
  const std::string path = rig.folder / "p.jpg";
  write_file(path, "JPEGBYTES");
  FormUpload form;
  form.fields = {{"key", "uploads/1"}, {"Content-Type", "image/jpeg"}, {"a\"b", "x\r\ny"}};
  form.file_name = "North wall.jpg";
  form.file = {path, 0, 9};
  HttpRequest request = rig.request(Method::post, "/");
  request.body = form;
  const HttpOutcome outcome = rig.run(request);
  REQUIRE(outcome.response.ok());
  const std::string& seen = outcome.response->body;
  CHECK(seen.starts_with("multipart/form-data; boundary="));
  const auto key = seen.find("name=\"key\"");
  const auto type = seen.find("name=\"Content-Type\"");
  const auto quoted = seen.find("name=\"a%22b\"");
  const auto file = seen.find("name=\"file\"; filename=\"North wall.jpg\"");
  REQUIRE(file != std::string::npos);
  CHECK(key < type);
  CHECK(type < quoted);
  CHECK(quoted < file);
  CHECK(seen.find("x\r\ny") != std::string::npos);
  CHECK(seen.find("JPEGBYTES", file) != std::string::npos);
}

TEST_CASE("transport: an answer is saved to a new file, and only when it is a success") {
  const std::string bytes(300'000, 'd');
  Rig rig([&](const ServerRequest& request) {
    if (request.path == "/empty") return text_reply(200, "");
    if (request.path == "/cut") return with_fate(text_reply(200, bytes), Fate::cut_in_body);
    return text_reply(request.path == "/ok" ? 200 : 403, bytes);
  });
  const auto save = [&](const std::string& from, const std::string& to) {
    HttpRequest request = rig.request(Method::get, from);
    request.save_to = rig.folder / to;
    return rig.run(request);
  };
  const HttpOutcome ok = save("/ok", "a");
  REQUIRE(ok.response.ok());
  CHECK(ok.response->body.empty());
  CHECK(read_file(rig.folder / "a") == bytes);

  CHECK(save("/empty", "b").response.ok());
  CHECK(read_file(rig.folder / "b").empty());

  const HttpOutcome refused = save("/no", "c");
  REQUIRE(refused.response.ok());
  CHECK(refused.response->body == bytes);
  CHECK_FALSE(exists(rig.folder / "c"));

  const HttpOutcome cut = save("/cut", "d");
  CHECK_FALSE(cut.response.ok());
  CHECK_FALSE(exists(rig.folder / "d"));

  const HttpOutcome taken = save("/ok", "a");
  REQUIRE_FALSE(taken.response.ok());
  CHECK(read_file(rig.folder / "a") == bytes);

  HttpRequest nowhere = rig.request(Method::get, "/ok");
  nowhere.save_to = rig.folder / "no/such/folder/x";
  CHECK_FALSE(rig.run(nowhere).response.ok());
}

TEST_CASE("transport: what a lost answer means") {
  std::atomic<int> hits = 0;
  Rig rig([&](const ServerRequest& request) {
    ++hits;
    body_of(request);
    ServerReply reply = text_reply(200, std::string(1000, 'x'));
    if (request.path == "/drop") reply.fate = Fate::drop;
    if (request.path == "/cut") reply.fate = Fate::cut_in_body;
    return reply;
  });
  SUBCASE("a dropped request may have arrived") {
    HttpRequest request = rig.request(Method::post, "/drop");
    request.body = std::string("{}");
    const HttpOutcome outcome = rig.run(request);
    REQUIRE_FALSE(outcome.response.ok());
    CHECK(outcome.response.failure().cause == Cause::offline);
    CHECK(outcome.reach == Reach::may_have_arrived);
    CHECK(hits == 1);
  }
  SUBCASE("a cut answer may have arrived") {
    const HttpOutcome outcome = rig.get("/cut");
    REQUIRE_FALSE(outcome.response.ok());
    CHECK(outcome.response.failure().cause == Cause::offline);
    CHECK(outcome.reach == Reach::may_have_arrived);
  }
  SUBCASE("a refused connection never left") {
    rig.server.stop();
    const HttpOutcome outcome = rig.get("/");
    REQUIRE_FALSE(outcome.response.ok());
    CHECK(outcome.response.failure().cause == Cause::offline);
    CHECK(outcome.reach == Reach::never_left);
  }
  SUBCASE("a write is never repeated on its own, also not on a kept connection that dies") {
    for (const Method method : {Method::post, Method::put, Method::patch}) {
      for (const std::string& body : {std::string("{}"), std::string()}) {
        REQUIRE(rig.get("/").response.ok());  // leaves a connection to reuse
        hits = 0;
        HttpRequest request = rig.request(method, "/drop");
        if (!body.empty()) request.body = body;
        const HttpOutcome outcome = rig.run(request);
        CHECK_FALSE(outcome.response.ok());
        CHECK(outcome.reach == Reach::may_have_arrived);
        CHECK(hits == 1);
      }
    }
    const std::string path = rig.folder / "f";
    write_file(path, "abc");
    FormUpload form;
    form.file_name = "f";
    form.file = {path, 0, 3};
    REQUIRE(rig.get("/").response.ok());
    hits = 0;
    HttpRequest request = rig.request(Method::post, "/drop");
    request.body = form;
    CHECK_FALSE(rig.run(request).response.ok());
    CHECK(hits == 1);
  }
}

TEST_CASE("transport: where used connections end under files, files go on new ones") {
  // A kept connection keeps its thread of the server: the same thread is the same connection.
  Rig rig([](const ServerRequest& request) {
    body_of(request);
    std::ostringstream thread;
    thread << std::this_thread::get_id();
    ServerReply reply = text_reply(200, thread.str());
    if (request.path == "/drop") reply.fate = Fate::drop;
    return reply;
  });
  const std::string path = rig.folder / "f";
  write_file(path, "abc");
  const auto put_file = [&](const std::string& to) {
    HttpRequest request = rig.request(Method::put, to);
    request.body = FileSlice{path, 0, 3};
    return rig.run(request);
  };
  const auto put_text = [&] {
    HttpRequest request = rig.request(Method::put, "/");
    request.body = std::string("{}");
    return rig.run(request);
  };
  for (int losses = 0; losses < tuning::kLossesUntilNew; ++losses) {
    const std::string kept = rig.get("/").response->body;
    CHECK(put_file("/").response->body == kept);
    CHECK_FALSE(put_file("/drop").response.ok());
  }
  const std::string kept = rig.get("/").response->body;
  CHECK(put_file("/").response->body != kept);
  CHECK(put_text().response.ok());
}

TEST_CASE("transport: a connection that was opened ahead serves the next request") {
  std::atomic<int> ahead = 0;
  std::string opened_on;
  CurlOptions one;
  one.connections_per_host_max = 1;  // the next request waits until the first is answered
  Rig rig(
      [&](const ServerRequest& request) {
        std::ostringstream thread;
        thread << std::this_thread::get_id();
        if (request.path == "/" && !request.headers.find("Authorization")) {
          opened_on = thread.str();
          ++ahead;
        }
        return text_reply(404, thread.str());
      },
      one);
  rig.transport.open_ahead(rig.url("/upload/1?signature=x"));
  rig.transport.open_ahead("not an address");
  rig.transport.open_ahead("http://example.com/never-in-the-clear");
  rig.loop.run_until([&] { return ahead == 1; });
  CHECK(rig.get("/file").response->body == opened_on);
}

TEST_CASE("transport: an answer that stops coming is a timeout") {
  Gate gate;
  CurlOptions options;
  options.stall_max = base::Millis(200);
  Rig rig(
      [&](const ServerRequest&) {
        gate.pass();
        return text_reply(200, "late");
      },
      options);
  const HttpOutcome outcome = rig.get("/");
  gate.open();
  REQUIRE_FALSE(outcome.response.ok());
  CHECK(outcome.response.failure().cause == Cause::timeout);
  CHECK(outcome.reach == Reach::may_have_arrived);
}

TEST_CASE("transport: nothing is called back after cancel") {
  Gate gate;
  Rig rig([&](const ServerRequest& request) {
    if (request.path == "/held") gate.pass();
    return text_reply(200, std::string(100'000, 'x'));
  });
  int calls = 0;
  SUBCASE("while it runs") {
    HttpRequest request = rig.request(Method::get, "/held");
    request.save_to = rig.folder / "a";
    const ExchangeId id = rig.transport.submit(request, [&](HttpOutcome) { ++calls; });
    rig.transport.cancel(id);
    gate.open();
  }
  SUBCASE("when the result is already posted") {
    // The loop does not run until the server was asked a second time on another exchange.
    HttpRequest request = rig.request(Method::get, "/a");
    request.save_to = rig.folder / "a";
    std::promise<void> answered;
    const ExchangeId id = rig.transport.submit(request, [&](HttpOutcome) { ++calls; });
    // Cancelling from a task posted before the result is taken in.
    bool cancelled = false;
    rig.loop.post([&] {
      rig.transport.cancel(id);
      cancelled = true;
    });
    rig.loop.run_until([&] { return cancelled; });
    gate.open();
  }
  CHECK(rig.get("/other").response.ok());
  CHECK(calls == 0);
  CHECK_FALSE(exists(rig.folder / "a"));
}

TEST_CASE("transport: destroying it cancels what runs") {
  Gate gate;
  int calls = 0;
  HttpServer server([&](const ServerRequest&) {
    gate.pass();
    return text_reply(200, "x");
  });
  auto port = server.listen_loopback(0);
  REQUIRE(port.ok());
  {
    Rig rig([](const ServerRequest&) { return text_reply(200, "x"); });
    HttpRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(*port) + "/";
    for (int i = 0; i < 10; ++i) rig.transport.submit(request, [&](HttpOutcome) { ++calls; });
    CHECK(rig.get("/").response.ok());
  }
  gate.open();
  CHECK(calls == 0);
}

TEST_CASE("transport: an answer past the limit fails") {
  Rig rig([](const ServerRequest&) { return text_reply(200, std::string(100'001, 'x')); });
  HttpRequest request = rig.request(Method::get, "/");
  request.answer_bytes_max = 100'000;
  const HttpOutcome outcome = rig.run(request);
  REQUIRE_FALSE(outcome.response.ok());
  CHECK(outcome.response.failure().cause == Cause::unexpected_answer);
  request.answer_bytes_max = 100'001;
  CHECK(rig.run(request).response.ok());
}

TEST_CASE("transport: endless answer headers fail") {
  Rig rig([](const ServerRequest&) {
    ServerReply reply = text_reply(200, "x");
    for (int i = 0; i < 100; ++i) {
      reply.response.headers.add("X-" + std::to_string(i), std::string(1000, 'h'));
    }
    return reply;
  });
  const HttpOutcome outcome = rig.get("/");
  REQUIRE_FALSE(outcome.response.ok());
  CHECK(outcome.response.failure().cause == Cause::unexpected_answer);
}

TEST_CASE("transport: compressed answers are unpacked, within the same limit") {
  const std::string plain(5'000'000, 'z');
  const auto packed = gzip(plain);
  REQUIRE(packed.has_value());
  REQUIRE(packed->size() < 20'000);
  Rig rig([&](const ServerRequest& request) {
    ServerReply reply = text_reply(200, *packed);
    reply.response.headers.add("Content-Encoding", "gzip");
    if (request.path == "/damaged") reply.response.body.resize(packed->size() / 2, '\x5a');
    if (request.path == "/damaged") reply.response.body[20] = '\x7f';
    return reply;
  });
  HttpRequest request = rig.request(Method::get, "/");
  const HttpOutcome whole = rig.run(request);
  REQUIRE(whole.response.ok());
  CHECK(whole.response->body == plain);

  request.answer_bytes_max = 1'000'000;
  const HttpOutcome bomb = rig.run(request);
  REQUIRE_FALSE(bomb.response.ok());
  CHECK(bomb.response.failure().cause == Cause::unexpected_answer);

  CHECK_FALSE(rig.get("/damaged").response.ok());
}

TEST_CASE("transport: a hundred exchanges at once all end, each once") {
  std::atomic<int> at_once = 0;
  std::atomic<int> most = 0;
  Rig rig([&](const ServerRequest& request) {
    most = std::max(most.load(), ++at_once);
    ServerReply reply = text_reply(200, request.query);
    --at_once;
    return reply;
  });
  std::vector<int> seen(100, 0);
  int ended = 0;
  for (int i = 0; i < 100; ++i) {
    rig.transport.submit(
        rig.request(Method::get, "/?" + std::to_string(i)), [&, i](HttpOutcome outcome) {
          REQUIRE_MESSAGE(outcome.response.ok(),
                          (outcome.response.ok() ? "" : outcome.response.failure().what));
          CHECK(outcome.response->body == std::to_string(i));
          ++seen[static_cast<std::size_t>(i)];
          ++ended;
        });
  }
  rig.loop.run_until([&] { return ended == 100; });
  CHECK(std::all_of(seen.begin(), seen.end(), [](int count) { return count == 1; }));
  CHECK(most <= 4);
}

TEST_CASE("transport: what must not leave is refused before anything is sent") {
  std::atomic<int> hits = 0;
  Rig rig([&](const ServerRequest&) {
    ++hits;
    return text_reply(200, "x");
  });
  struct Row {
    std::string why;
    std::string url;
    std::string header;
    Cause cause;
  };
  const std::vector<Row> rows = {
      {"line break in a header value", rig.url("/"), "a\r\nX-Evil: 1", Cause::unexpected_answer},
      {"lone line feed in a header value", rig.url("/"), "a\nb", Cause::unexpected_answer},
      {"line break in the URL", rig.url("/x\r\nX-Evil: 1"), "", Cause::unexpected_answer},
      {"space in the URL", rig.url("/x HTTP/1.1"), "", Cause::unexpected_answer},
      {"another scheme", "file:///etc/passwd", "", Cause::unexpected_answer},
      {"user information", "http://me@127.0.0.1/", "", Cause::unexpected_answer},
      {"plain http to another machine", "http://198.51.100.7/", "", Cause::tls_untrusted},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    HttpRequest request;
    request.url = row.url;
    if (!row.header.empty()) request.headers.add("X-Test", row.header);
    const HttpOutcome outcome = rig.run(request);
    REQUIRE_FALSE(outcome.response.ok());
    CHECK(outcome.response.failure().cause == row.cause);
    CHECK(outcome.reach == Reach::never_left);
  }
  CHECK(hits == 0);
}

TEST_CASE("transport: redirects are handed back, not followed") {
  std::atomic<int> hits = 0;
  Rig rig([&](const ServerRequest&) {
    ++hits;
    ServerReply reply = text_reply(302, "");
    reply.response.headers.add("Location", "/elsewhere");
    reply.response.headers.add("Set-Cookie", "a=b");
    return reply;
  });
  const HttpOutcome outcome = rig.get("/");
  REQUIRE(outcome.response.ok());
  CHECK(outcome.response->status == 302);
  CHECK(outcome.response->headers.text("Location") == "/elsewhere");
  CHECK(hits == 1);
}

TEST_CASE("transport: bodies are compressed once the service announced it, until it refuses") {
  std::atomic<bool> takes = true;
  std::mutex mutex;
  std::vector<std::string> encodings;
  Rig rig([&](const ServerRequest& request) {
    const std::string encoding = request.headers.text("Content-Encoding");
    {
      const std::lock_guard lock(mutex);
      encodings.push_back(encoding);
    }
    const std::string body = body_of(request);
    ServerReply reply = text_reply(!encoding.empty() && !takes ? 415 : 200, body);
    reply.response.headers.add("Accept-Encoding", takes ? "gzip, br;q=0.5" : "identity");
    return reply;
  });
  HttpRequest request = rig.request(Method::post, "/");
  request.body = std::string(50'000, 'j');
  const auto send = [&] {
    const HttpOutcome outcome = rig.run(request);
    REQUIRE(outcome.response.ok());
    CHECK(outcome.response->status == 200);
    CHECK(outcome.response->body == std::get<std::string>(request.body));
    return outcome.bytes_sent;
  };
  CHECK(send() > 50'000);
  CHECK(send() < 5'000);
  request.body = std::string("short");
  send();
  request.body = std::string(50'000, 'j');
  takes = false;
  send();
  send();
  CHECK(encodings == std::vector<std::string>{"", "gzip", "", "gzip", "", ""});
}
