#include "agent/api/local_api.h"

#include <doctest/doctest.h>

#include <thread>

#include "agent/api/tuning.h"
#include "agent/api/wire.h"
#include "net/http_server.h"
#include "platform/base/json.h"
#include "platform/event_loop.h"
#include "platform/socket.h"
#include "tests/support/owner_only.h"
#include "tests/unit/agent_cli_rig.h"

namespace fieldsync::tests {
namespace {

using base::Cause;
using base::Document;

constexpr const char* kToken = "0123456789abcdef";

/// A real socket, a real loop on a thread of its own, a real blob store; the commands are a double.
class ApiRig {
 public:
  ApiRig() {
    REQUIRE(api::open_door(*api_, *files, folder.path(), folder / "run").ok());
    socket = api::door_address(*files, folder.path());
    thread_ = std::thread([this] { loop.run(); });
  }
  ~ApiRig() {
    stop_loop();
    api_->close();
  }

  void stop_loop() {
    loop.stop();
    if (thread_.joinable()) thread_.join();
  }
  api::LocalApi& api() { return *api_; }
  std::unique_ptr<cli::Session> session(const std::string& token = kToken) {
    return cli::make_door_session(socket, base::Secret(token));
  }
  net::HttpResponse send(net::Method method, const std::string& path, const std::string& body,
                         const std::string& token = kToken) {
    net::HttpRequest request;
    request.method = method;
    request.url = "http://localhost" + path;
    request.headers.add(std::string(api::kTokenHeader), token);
    if (!body.empty()) request.body = body;
    auto reply = net::call_local(socket, request);
    REQUIRE_MESSAGE(reply.ok(), reply.failure().what);
    return *reply;
  }

  TempFolder folder;
  std::string socket;  ///< or a port, where there are none
  std::unique_ptr<platform::FileSystem> files = platform::make_system_files();
  std::unique_ptr<platform::Clock> clock = platform::make_system_clock();
  platform::ThreadLoop loop{*clock};
  FakeCommands commands;
  storage::BlobStore originals{*files, folder / "originals", storage::BlobStore::Sync::durable};

 private:
  std::unique_ptr<api::LocalApi> api_ = std::make_unique<api::LocalApi>(
      loop, commands, originals, base::Secret(kToken), base::null_log());
  std::thread thread_;
};

TEST_CASE("what there is not is refused in a line or two, however long the question was") {
  ApiRig rig;
  const auto reply = api::read_reply(rig.send(net::Method::get, "/" + std::string(3'000, 'x'), ""));
  REQUIRE_FALSE(reply.ok());
  CHECK(reply.failure().cause == Cause::not_found);
  CHECK(reply.failure().what.size() < 300);
}

TEST_CASE("a call reaches the commands on the loop and its answer comes back") {
  ApiRig rig;
  std::thread::id caller;
  rig.commands.answers["list"] = [&](const Document& arguments) -> base::Result<Document> {
    caller = std::this_thread::get_id();
    CHECK(arguments.text("kind") == "rfi");
    return Document{{"records", base::List{}}, {"truncated", base::Value(false)}};
  };
  const auto answer = rig.session()->call("list", Document{{"kind", "rfi"}});
  REQUIRE(answer.ok());
  CHECK(answer->has("records"));
  CHECK(caller != std::this_thread::get_id());
}

TEST_CASE("a failure comes back with its cause and text") {
  ApiRig rig;
  rig.commands.fail("show", {Cause::not_found, "rfi-9"});
  const auto answer = rig.session()->call("show", Document{{"item", "rfi-9"}});
  REQUIRE(!answer.ok());
  CHECK(answer.failure().cause == Cause::not_found);
  CHECK(answer.failure().what == "rfi-9");
}

TEST_CASE("without the machine's token nothing but health is answered") {
  ApiRig rig;
  for (const char* token : {"", "wrong", "0123456789abcdee"}) {
    CAPTURE(token);
    CHECK(rig.send(net::Method::post, "/v1/call/queue", "{}", token).status == 401);
    CHECK(rig.send(net::Method::put, "/v1/blobs?name=a", "x", token).status == 401);
    CHECK(rig.send(net::Method::get, "/v1/health", "", token).status == 200);
  }
  CHECK(rig.commands.calls.empty());
  CHECK(cli::ask_health(rig.socket).ok());
}

TEST_CASE("malformed calls are refused with a clear error and the commands are not asked") {
  ApiRig rig;
  struct Row {
    const char* what;
    net::Method method;
    std::string path;
    std::string body;
    int status;
  };
  const std::vector<Row> rows{
      {"no JSON", net::Method::post, "/v1/call/queue", "{", 422},
      {"no object", net::Method::post, "/v1/call/queue", "[1]", 422},
      {"no UTF-8", net::Method::post, "/v1/call/queue", "{\"a\":\"\xFF\"}", 422},
      {"too deep", net::Method::post, "/v1/call/queue", std::string(10'000, '['), 422},
      {"too long", net::Method::post, "/v1/call/queue",
       "\"" + std::string(static_cast<std::size_t>(api::tuning::kCallBytesMax), 'x') + "\"", 413},
      {"unknown path", net::Method::get, "/v1/secrets", "", 404},
      {"wrong method", net::Method::get, "/v1/call/queue", "", 404},
      {"upload without a name", net::Method::put, "/v1/blobs", "x", 422},
      {"upload of nothing", net::Method::put, "/v1/blobs?name=a.jpg", "", 422},
      {"upload with an endless name", net::Method::put, "/v1/blobs?name=" + std::string(1'000, 'a'),
       "x", 422},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const net::HttpResponse reply = rig.send(row.method, row.path, row.body);
    CHECK(reply.status == row.status);
    CHECK(!api::read_reply(reply).ok());
  }
  CHECK(rig.commands.calls.empty());
}

TEST_CASE("a file is streamed into originals and told by its digest") {
  ApiRig rig;
  std::string bytes = "%PDF-1.7 ";
  while (bytes.size() < 3'000'000) bytes += "some more of the plan ";
  put_content(rig.folder / "plan.pdf", bytes);
  const auto info = rig.files->info(rig.folder / "plan.pdf");
  cli::CaptureFile file{rig.folder / "plan.pdf", "plan #2.pdf", info->size, info->modified,
                        "application/pdf"};
  const auto staged = rig.session()->stage(file);
  REQUIRE_MESSAGE(staged.ok(), staged.failure().what);
  CHECK(staged->blob == base::digest_of(bytes).hex());
  CHECK(staged->size == static_cast<base::ByteCount>(bytes.size()));
  CHECK(content_of(rig.originals.path_of(base::digest_of(bytes))) == bytes);
}

TEST_CASE("a file that changed since it was looked at is refused") {
  ApiRig rig;
  put_content(rig.folder / "a.bin", "12345");
  cli::CaptureFile longer{rig.folder / "a.bin", "a.bin", 9, {}, ""};
  const auto staged = rig.session()->stage(longer);
  REQUIRE(!staged.ok());
  CHECK(staged.failure().cause == Cause::file_growing);
}

TEST_CASE("the type of an upload is told from its bytes, its name made safe") {
  ApiRig rig;
  const auto reply =
      api::read_reply(rig.send(net::Method::put, "/v1/blobs?name=..%2F..%2Fa%3Ab.txt", "%PDF-1.7"));
  REQUIRE(reply.ok());
  CHECK(reply->text("type") == "application/pdf");
  CHECK(reply->text("name").find_first_of("/:") == std::string::npos);
  CHECK(reply->integer("size") == 8);
}

TEST_CASE("a call that waits when the agent stops is answered, and later ones are refused") {
  ApiRig rig;
  // The loop has ended: nobody will ever run the call.
  rig.stop_loop();
  net::ServerRequest request;
  request.method = net::Method::post;
  request.path = "/v1/call/queue";
  request.headers.add(std::string(api::kTokenHeader), kToken);
  request.read_body = [](const std::function<bool(std::string_view)>& take) { return take("{}"); };
  const auto refused = [&] {
    const auto answer = api::read_reply(rig.api().handle(request).response);
    return !answer.ok() && answer.failure().cause == Cause::offline;
  };
  bool was_refused = false;
  std::thread caller([&] { was_refused = refused(); });
  // Closing answers the call whether it has entered yet or not.
  rig.api().close();
  caller.join();
  CHECK(was_refused);
  CHECK(refused());
  CHECK(rig.commands.calls.empty());
}

TEST_CASE("many calls at once are all answered") {
  ApiRig rig;
  rig.commands.answer("queue", R"({"intents":[]})");
  std::vector<std::thread> callers;
  std::atomic<int> answered{0};
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&] {
      const auto session = rig.session();
      for (int k = 0; k < 10; ++k) {
        if (session->call("queue", {}).ok()) ++answered;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(answered == 160);
}

TEST_CASE("nobody listens: the session fails with offline") {
  TempFolder folder;
  CHECK(cli::ask_health(folder / "agent.sock").failure().cause == Cause::offline);
}

TEST_CASE("the token is made once, kept owner-only, and replaced when damaged") {
  TempFolder folder;
  const auto files = platform::make_system_files();
  const auto first = api::api_token(*files, folder.path());
  REQUIRE(first.ok());
  CHECK(first->reveal().size() == 64);
  CHECK(*api::api_token(*files, folder.path()) == *first);
  CHECK(is_owner_only(folder / "api.token"));
  put_content(folder / "api.token", "short\n");
  const auto second = api::api_token(*files, folder.path());
  REQUIRE(second.ok());
  CHECK(second->reveal().size() == 64);
  CHECK_FALSE(*second == *first);
}

TEST_CASE("a long state folder gets a short socket that clients find") {
  if (!platform::has_unix_sockets()) {
    MESSAGE("left out: this system has no Unix sockets");
    return;
  }
  TempFolder folder;
  const auto files = platform::make_system_files();
  const std::string state = folder / std::string(90, 's');
  REQUIRE(files->make_folder(state).ok());
  const std::string socket = api::socket_path(state, folder / "run");
  CHECK(socket.size() <= 100);
  CHECK(socket != api::socket_path(state + "2", folder / "run"));

  const std::string plain = folder / "state";
  CHECK(api::socket_path(plain, folder / "run") == plain + "/agent.sock");
  CHECK(api::door_address(*files, plain) == plain + "/agent.sock");

  ApiRig rig;
  api::LocalApi door(rig.loop, rig.commands, rig.originals, base::Secret(kToken), base::null_log());
  REQUIRE(api::open_door(door, *files, state, folder / "run").ok());
  CHECK(api::door_address(*files, state) == socket);
  CHECK(cli::ask_health(socket).ok());
  const std::string deep = folder / ("run/" + std::string(90, 'r'));
  api::LocalApi other(rig.loop, rig.commands, rig.originals, base::Secret(kToken),
                      base::null_log());
  CHECK_FALSE(api::open_door(other, *files, state, deep).ok());
}

TEST_CASE("who passes on an agent's proof from another port is not told the token") {
  ApiRig rig;
  api::LocalApi door(rig.loop, rig.commands, rig.originals, base::Secret(kToken), base::null_log());
  const auto port = door.listen_loopback();
  REQUIRE(port.ok());
  const std::string address = "127.0.0.1:" + std::to_string(*port);
  net::HttpServer stranger([&](const net::ServerRequest& request) {
    net::HttpRequest same;
    same.url = api::health_url();
    same.headers.add(std::string(api::kNonceHeader), request.headers.text(api::kNonceHeader));
    return net::ServerReply{*net::call_local(address, same)};
  });
  const auto other = stranger.listen_loopback(0);
  REQUIRE(other.ok());
  CHECK(cli::ask_proof(address, base::Secret(kToken)).ok());
  const auto passed_on =
      cli::ask_proof("127.0.0.1:" + std::to_string(*other), base::Secret(kToken));
  REQUIRE_FALSE(passed_on.ok());
  CHECK(passed_on.failure().cause == Cause::offline);
}

TEST_CASE("over loopback an agent proves that it knows the token before it is told it") {
  ApiRig rig;
  api::LocalApi door(rig.loop, rig.commands, rig.originals, base::Secret(kToken), base::null_log());
  const auto port = door.listen_loopback();
  REQUIRE(port.ok());
  const std::string address = "127.0.0.1:" + std::to_string(*port);
  CHECK(cli::ask_health(address).ok());
  CHECK(cli::ask_proof(address, base::Secret(kToken)).ok());
  // Whoever took the port of an agent that is gone does not know it.
  const auto stranger = cli::ask_proof(address, base::Secret("fedcba9876543210"));
  REQUIRE_FALSE(stranger.ok());
  CHECK(stranger.failure().cause == Cause::offline);
  // A socket in the state folder is nobody else's.
  const bool is_socket = platform::has_unix_sockets();
  CHECK(cli::ask_proof(rig.socket, base::Secret("fedcba9876543210")).ok() == is_socket);
  CHECK(cli::make_door_session(address, base::Secret(kToken))->call("status", {}).ok());
}

}  // namespace
}  // namespace fieldsync::tests
