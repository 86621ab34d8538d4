#include "agent/cli/session.h"

#include "agent/api/local_api.h"
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

/// No two questions are alike: 128 bits of chance.
constexpr int kNonceBytes = 16;

class DoorSession final : public Session {
 public:
  DoorSession(std::string address, base::Secret token)
      : address_(std::move(address)), token_(std::move(token)) {}

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
    TRY_ASSIGN(const net::HttpResponse reply, net::call_local(address_, request));
    return api::read_reply(reply);
  }

  const std::string address_;
  const base::Secret token_;
};

Result<Document> health_of(const std::string& address, const std::string& nonce) {
  net::HttpRequest request;
  request.url = api::health_url();
  if (!nonce.empty()) request.headers.add(std::string(api::kNonceHeader), nonce);
  TRY_ASSIGN(const net::HttpResponse reply, net::call_local(address, request));
  return api::read_reply(reply);
}

}  // namespace

Document to_document(const Staged& staged) {
  return Document{{"blob", staged.blob},
                  {"size", std::int64_t{staged.size}},
                  {"name", staged.name},
                  {"type", staged.content_type}};
}

std::unique_ptr<Session> make_door_session(std::string address, base::Secret token) {
  return std::make_unique<DoorSession>(std::move(address), std::move(token));
}

Result<> ask_health(const std::string& address) {
  TRY(health_of(address, ""));
  return {};
}

Result<> ask_proof(const std::string& address, const base::Secret& token) {
  const auto port = net::loopback_port(address);
  if (!port) return {};
  const std::string nonce = platform::system_random_hex(kNonceBytes);
  TRY_ASSIGN(const Document answer, health_of(address, nonce));
  if (answer.text("proof") == api::proof_of(token, *port, nonce)) return {};
  return Failure{Cause::offline, address + ": some other program listens there"};
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
