#include "agent/api/local_api.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>

#include "agent/api/content_type.h"
#include "agent/api/tuning.h"
#include "agent/api/wire.h"
#include "platform/base/json.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"

namespace fieldsync::api {
namespace {

using base::Cause;

Failure stopping() { return {Cause::offline, "the agent is stopping"}; }

/// One call between a handler thread, which waits, and the loop, which answers. Whoever answers
/// first wins: the loop, or the closing API.
class Pending {
 public:
  void answer(Result<Document> given) {
    const std::lock_guard hold(mutex_);
    if (answer_) return;
    answer_.emplace(std::move(given));
    answered_.notify_all();
  }
  Result<Document> wait() {
    std::unique_lock hold(mutex_);
    answered_.wait(hold, [this] { return answer_.has_value(); });
    return *answer_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable answered_;
  std::optional<Result<Document>> answer_;
};

/// The whole body, refused past the limit before it is in memory.
Result<std::string> bounded_body(const net::ServerRequest& request) {
  std::string body;
  bool too_long = false;
  const bool whole = request.read_body([&](std::string_view piece) {
    too_long = static_cast<base::ByteCount>(body.size() + piece.size()) > tuning::kCallBytesMax;
    if (!too_long) body.append(piece);
    return !too_long;
  });
  if (too_long) {
    return Failure{
        Cause::limit_reached,
        "a call may be " + std::to_string(tuning::kCallBytesMax >> 20) + " MiB long at most"};
  }
  if (!whole) return Failure{Cause::bad_input, "the call's body was cut short"};
  return body;
}

Result<Document> arguments_of(const net::ServerRequest& request) {
  TRY_ASSIGN(const std::string body, bounded_body(request));
  if (base::trimmed(body).empty()) return Document{};
  auto value = base::parse_json(body);
  if (!value.ok()) return Failure{Cause::bad_input, value.failure().what};
  if (!value->as_document()) {
    return Failure{Cause::bad_input, "the arguments must be an object"};
  }
  return *value->as_document();
}

/// The value of `key` in a raw query; nothing when it is absent.
std::optional<std::string> query_value(std::string_view query, std::string_view key) {
  for (const std::string& pair : base::split(query, '&')) {
    const auto equals = pair.find('=');
    if (equals != std::string::npos && std::string_view(pair).substr(0, equals) == key) {
      return base::url_decode(std::string_view(pair).substr(equals + 1));
    }
  }
  return std::nullopt;
}

/// What the client says the body's length is, as far as one is taken; 0 when it says nothing.
base::ByteCount announced_length(const net::ServerRequest& request) {
  const std::string text = request.headers.text("Content-Length");
  base::ByteCount length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number ? std::clamp<base::ByteCount>(length, 0, tuning::kBlobBytesMax) : 0;
}

}  // namespace

/// Outlives the API as long as a call is on the loop.
struct LocalApi::State {
  State(platform::EventLoop& l, Commands& c, storage::BlobStore& o, base::Secret t, base::Log& g)
      : loop(l), commands(c), originals(o), token(std::move(t)), log(g) {}

  platform::EventLoop& loop;
  Commands& commands;
  storage::BlobStore& originals;
  const base::Secret token;
  base::Log& log;
  std::atomic<int> port = 0;  ///< of loopback; 0 on a socket

  std::mutex mutex;
  bool closed = false;
  std::set<std::shared_ptr<Pending>> pending;

  Result<std::shared_ptr<Pending>> enter() {
    const std::lock_guard hold(mutex);
    if (closed) return stopping();
    if (pending.size() >= tuning::kCallsAtOnceMax) {
      return Failure{Cause::limit_reached, "the agent has too many calls at once"};
    }
    return *pending.insert(std::make_shared<Pending>()).first;
  }
  void leave(const std::shared_ptr<Pending>& call) {
    const std::lock_guard hold(mutex);
    pending.erase(call);
  }
  /// Whether the commands may still be touched.
  bool is_open() {
    const std::lock_guard hold(mutex);
    return !closed;
  }

  Result<Document> on_call(const std::shared_ptr<State>& self, std::string_view verb,
                           const net::ServerRequest& request);
  Result<Document> ask(const std::shared_ptr<State>& self, std::string_view verb,
                       Document arguments);
  Result<Document> on_blob(const std::shared_ptr<State>& self, const net::ServerRequest& request);
};

Result<Document> LocalApi::State::on_call(const std::shared_ptr<State>& self, std::string_view verb,
                                          const net::ServerRequest& request) {
  TRY_ASSIGN(Document arguments, arguments_of(request));
  return ask(self, verb, std::move(arguments));
}

Result<Document> LocalApi::State::ask(const std::shared_ptr<State>& self, std::string_view verb,
                                      Document arguments) {
  TRY_ASSIGN(const std::shared_ptr<Pending> call, enter());
  loop.post([self, call, name = std::string(verb), arguments = std::move(arguments)] {
    if (!self->is_open()) return;
    self->commands.call(name, arguments,
                        [call](Result<Document> answer) { call->answer(std::move(answer)); });
  });
  Result<Document> answer = call->wait();
  leave(call);
  return answer;
}

Result<Document> LocalApi::State::on_blob(const std::shared_ptr<State>& self,
                                          const net::ServerRequest& request) {
  const std::string name = query_value(request.query, "name").value_or("");
  if (name.empty() || static_cast<base::ByteCount>(name.size()) > tuning::kNameBytesMax) {
    return Failure{Cause::bad_input, "an upload needs a name of 1 to 255 bytes"};
  }
  if (const base::ByteCount length = announced_length(request); length > 0) {
    TRY(ask(self, "make_room", Document{{"bytes", std::int64_t{length}}}));
  }
  TRY_ASSIGN(storage::BlobStore::Draft draft, originals.begin());
  std::string head;
  Result<> written = base::Done{};
  const bool whole = request.read_body([&](std::string_view piece) {
    if (static_cast<base::ByteCount>(head.size()) < tuning::kHeadBytes) {
      head.append(piece.substr(0, static_cast<std::size_t>(tuning::kHeadBytes) - head.size()));
    }
    if (draft.size() + static_cast<base::ByteCount>(piece.size()) > tuning::kBlobBytesMax) {
      written = Failure{Cause::file_too_large,
                        name + ": over " + base::bytes_to_human(tuning::kBlobBytesMax)};
    } else {
      written = is_open() ? draft.write(piece) : Result<>(stopping());
    }
    return written.ok();
  });
  TRY(written);
  if (!whole) return Failure{Cause::file_unreadable, name + ": its bytes were cut short"};
  if (draft.size() == 0) return Failure{Cause::file_empty, name + ": 0 bytes"};
  const base::ByteCount size = draft.size();
  TRY_ASSIGN(const base::Digest digest, draft.install());
  return Document{{"blob", digest.hex()},
                  {"size", std::int64_t{size}},
                  {"name", base::safe_file_name(name)},
                  {"type", content_type_of(head, name).mime}};
}

LocalApi::LocalApi(platform::EventLoop& loop, Commands& commands, storage::BlobStore& originals,
                   base::Secret token, base::Log& log)
    : state_(std::make_shared<State>(loop, commands, originals, std::move(token), log)) {}

LocalApi::~LocalApi() { close(); }

base::Result<> LocalApi::listen(const base::Path& socket) {
  FS_CHECK(!server_);
  server_ = std::make_unique<net::HttpServer>(
      [this](const net::ServerRequest& request) { return handle(request); });
  return server_->listen_unix(socket);
}

base::Result<int> LocalApi::listen_loopback() {
  FS_CHECK(!server_);
  server_ = std::make_unique<net::HttpServer>(
      [this](const net::ServerRequest& request) { return handle(request); });
  TRY_ASSIGN(const int port, server_->listen_loopback(0));
  state_->port = port;
  return port;
}

void LocalApi::close() {
  {
    const std::lock_guard hold(state_->mutex);
    state_->closed = true;
    for (const auto& call : state_->pending) call->answer(stopping());
  }
  // Handlers return now that every call is answered; the server's threads can be joined.
  server_.reset();
}

net::ServerReply LocalApi::handle(const net::ServerRequest& request) {
  constexpr std::string_view kCall = "/v1/call/";
  if (request.method == net::Method::get && request.path == "/v1/health") {
    return {to_reply(Document{
        {"version", FIELDSYNC_VERSION},
        {"proof", proof_of(state_->token, state_->port, request.headers.text(kNonceHeader))}})};
  }
  if (!same_token(request.headers.text(kTokenHeader), state_->token.reveal())) {
    state_->log.warning("api.token_refused", {{"path", base::printable(request.path)}});
    net::HttpResponse refused = to_reply(
        Failure{Cause::bad_input, "the agent refused the token: it belongs to another person"});
    refused.status = 401;
    return {std::move(refused)};
  }
  if (request.method == net::Method::post && request.path.starts_with(kCall)) {
    const std::string_view verb = std::string_view(request.path).substr(kCall.size());
    return {to_reply(state_->on_call(state_, verb, request))};
  }
  if (request.method == net::Method::put && request.path == "/v1/blobs") {
    return {to_reply(state_->on_blob(state_, request))};
  }
  const std::string asked = base::printable(request.path);
  return {to_reply(
      Failure{Cause::not_found,
              "no such thing: " + std::string(base::utf8_prefix(asked, tuning::kShownBytesMax))})};
}

}  // namespace fieldsync::api
