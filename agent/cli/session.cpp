#include "agent/cli/session.h"

#include "agent/api/tuning.h"
#include "agent/api/wire.h"
#include "agent/cli/tuning.h"
#include "net/http_server.h"
#include "platform/base/json.h"
#include "platform/host.h"

namespace fieldsync::cli {
namespace {

using base::Cause;

/// Who captures is this process's person, not the user the agent runs as.
Document with_author(std::string_view verb, const Document& arguments) {
  const bool is_capture = verb == "add" || verb == "edit" || verb == "reply" || verb == "attach";
  if (!is_capture || arguments.has("author")) return arguments;
  Document authored = arguments;
  authored.set("author", platform::current_user());
  return authored;
}

class SocketSession final : public Session {
 public:
  SocketSession(Path socket, base::Secret token)
      : socket_(std::move(socket)), token_(std::move(token)) {}

  Home home() const override { return Home::agent; }

  Result<Document> call(std::string_view verb, const Document& arguments) override {
    net::HttpRequest request = request_to(net::Method::post, api::call_url(verb));
    request.headers.add("Content-Type", "application/json");
    request.body = base::to_json(with_author(verb, arguments));
    return exchange(request);
  }

  Result<Staged> stage(const CaptureFile& file) override {
    net::HttpRequest request = request_to(net::Method::put, api::blob_url(file.name));
    request.headers.add("Content-Type", "application/octet-stream");
    request.body = net::FileSlice{file.path, 0, file.size};
    TRY_ASSIGN(const Document answer, exchange(request));
    Staged staged{answer.text("blob"), answer.integer("size"), file.name, file.content_type};
    if (staged.size != file.size) {
      return Failure{Cause::file_growing, file.path + ": changed while it was read"};
    }
    return staged;
  }

 private:
  net::HttpRequest request_to(net::Method method, std::string url) const {
    net::HttpRequest request;
    request.method = method;
    request.url = std::move(url);
    request.headers.add(std::string(api::kTokenHeader), token_.reveal());
    request.answer_bytes_max = api::tuning::kAnswerBytesMax;
    return request;
  }
  Result<Document> exchange(const net::HttpRequest& request) const {
    TRY_ASSIGN(const net::HttpResponse reply, net::call_unix(socket_, request));
    return api::read_reply(reply);
  }

  const Path socket_;
  const base::Secret token_;
};

}  // namespace

Document to_document(const Staged& staged) {
  return Document{{"blob", staged.blob},
                  {"size", std::int64_t{staged.size}},
                  {"name", staged.name},
                  {"type", staged.content_type}};
}

std::unique_ptr<Session> make_socket_session(Path socket, base::Secret token) {
  return std::make_unique<SocketSession>(std::move(socket), std::move(token));
}

Result<> ask_health(const Path& socket) {
  net::HttpRequest request;
  request.url = api::health_url();
  TRY_ASSIGN(const net::HttpResponse reply, net::call_unix(socket, request));
  TRY(api::read_reply(reply));
  return {};
}

Result<std::unique_ptr<Session>> choose_session(const SessionWays& ways,
                                                const platform::Clock& clock) {
  const base::Instant deadline = clock.now() + tuning::kAgentStartMax;
  while (true) {
    auto connected = ways.connect();
    if (connected.ok() || connected.failure().cause != Cause::offline) return connected;
    auto opened = ways.open_here();
    if (opened.ok() || opened.failure().cause != Cause::already_running) return opened;
    if (clock.now() >= deadline) {
      return Failure{Cause::already_running,
                     opened.failure().what + " (it has not answered for " +
                         std::to_string(tuning::kAgentStartMax.count() / 1'000) + " s)"};
    }
    ways.pause(tuning::kAgentStartPause);
  }
}

}  // namespace fieldsync::cli
