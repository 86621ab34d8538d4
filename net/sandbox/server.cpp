#include "net/sandbox/server.h"

#include "net/sandbox/tuning.h"

namespace fieldsync::net::sandbox {
namespace {

Request request_of(const ServerRequest& from) {
  return {from.method, from.path, from.query, from.headers, {}};
}

std::string loopback(int port) { return "http://127.0.0.1:" + std::to_string(port); }

}  // namespace

SandboxServer::SandboxServer(Sandbox& sandbox) : sandbox_(sandbox) {
  api_ =
      std::make_unique<HttpServer>(in_memory(&Sandbox::api, tuning::kApiBodyMax), tuning::kIdleMax);
  control_ = std::make_unique<HttpServer>(in_memory(&Sandbox::control, tuning::kDownloadBytesMax));
  storage_ = std::make_unique<HttpServer>(
      [this](const ServerRequest& request) {
        return pass_on(sandbox_.store(request_of(request), request.read_body));
      },
      tuning::kIdleMax);
}

SandboxServer::~SandboxServer() { stop(); }

HttpServer::Handler SandboxServer::in_memory(Reply (Sandbox::*answer)(const Request&),
                                             base::ByteCount body_max) {
  return [this, answer, body_max](const ServerRequest& from) {
    Request request = request_of(from);
    bool too_long = false;
    const bool whole = from.read_body([&](std::string_view piece) {
      too_long = request.body.size() + piece.size() > static_cast<std::size_t>(body_max);
      if (!too_long) request.body.append(piece);
      return !too_long;
    });
    if (too_long) return pass_on(text_error(413, "Payload Too Large"));
    if (!whole) return ServerReply{{}, Fate::drop};
    return pass_on((sandbox_.*answer)(request));
  };
}

ServerReply SandboxServer::pass_on(Reply reply) {
  if (reply.delay.count() > 0) {
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, reply.delay, [this] { return stopping_; });
  }
  return {std::move(reply.response), reply.fate};
}

Result<Ports> SandboxServer::listen(const Ports& wanted) {
  TRY_ASSIGN(const int api, api_->listen_loopback(wanted.api));
  TRY_ASSIGN(const int storage, storage_->listen_loopback(wanted.storage));
  TRY_ASSIGN(const int control, control_->listen_loopback(wanted.control));
  sandbox_.set_origins({loopback(api), loopback(api), loopback(storage), loopback(control)});
  return Ports{api, storage, control};
}

void SandboxServer::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  api_->stop();
  storage_->stop();
  control_->stop();
}

}  // namespace fieldsync::net::sandbox
