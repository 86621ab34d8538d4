#include "net/http_server.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "net/server_threads.h"
#include "net/tuning.h"
#include "platform/base/text.h"
#include "platform/socket.h"

// The library parses requests and frames answers. Connections, threads and limits are ours, because
// a double must be able to close without a byte, and because the library by itself decodes forms,
// cuts ranges and compresses answers where our handlers want the bytes as they are.

namespace fieldsync::net {
namespace {

using base::Cause;
using base::Failure;
using platform::SocketHandle;

/// One accepted connection, as the library reads and writes it. One thread; `wake` from any.
class Connection final : public httplib::Stream {
 public:
  explicit Connection(SocketHandle socket) : socket_(socket) {}
  ~Connection() override { platform::close_socket(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Waits for the first byte of a request.
  bool await_request(base::Millis idle_max) {
    in_head_ = true;
    head_bytes_ = 0;
    body_is_unread_ = false;
    return has_buffered() || platform::wait_readable(socket_, idle_max);
  }
  void head_is_read() { in_head_ = false; }
  bool has_read_head() const { return !in_head_; }

  /// Nothing leaves any more.
  void mute() { is_muted_ = true; }
  bool is_muted() const { return is_muted_; }
  void body_is_unread() { body_is_unread_ = true; }
  bool has_unread_body() const { return body_is_unread_; }
  void wake() { platform::shut_down(socket_, platform::ShutDown::both); }

  /// Lets the answer arrive although the request was not read to its end.
  void linger() {
    platform::shut_down(socket_, platform::ShutDown::writing);
    ByteCount left = tuning::kServerLingerBytes;
    while (left > 0 && platform::wait_readable(socket_, tuning::kServerLinger)) {
      const std::ptrdiff_t got = platform::read_some(socket_, buffer_.data(), buffer_.size());
      if (got <= 0) return;
      left -= got;
    }
  }

  bool is_readable() const override {
    return has_buffered() || platform::wait_readable(socket_, tuning::kServerStall);
  }
  bool is_writable() const override {
    return !is_muted_ && platform::wait_writable(socket_, tuning::kServerStall);
  }

  ssize_t read(char* to, size_t size) override {
    if (in_head_ && head_bytes_ > tuning::kHeaderBytesMax) return -1;
    if (!has_buffered()) {
      if (!platform::wait_readable(socket_, tuning::kServerStall)) return -1;
      const std::ptrdiff_t got = platform::read_some(socket_, buffer_.data(), buffer_.size());
      if (got <= 0) return static_cast<ssize_t>(got);
      begin_ = 0;
      end_ = static_cast<std::size_t>(got);
    }
    const std::size_t count = std::min(size, end_ - begin_);
    std::copy_n(buffer_.data() + begin_, count, to);
    begin_ += count;
    if (in_head_) head_bytes_ += static_cast<ByteCount>(count);
    return static_cast<ssize_t>(count);
  }

  using httplib::Stream::write;
  ssize_t write(const char* from, size_t size) override {
    if (!is_writable()) return -1;
    return static_cast<ssize_t>(platform::write_some(socket_, from, size));
  }

  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return static_cast<socket_t>(socket_); }

 private:
  bool has_buffered() const { return begin_ < end_; }

  SocketHandle socket_;
  std::array<char, 16 << 10> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  ByteCount head_bytes_ = 0;
  bool in_head_ = true;
  bool is_muted_ = false;
  bool body_is_unread_ = false;
};

/// The request a thread is serving: the library hands its handlers no other way to reach it.
struct Serving {
  Connection* connection = nullptr;
  std::string path;
  Headers headers;
  std::string method;
};
thread_local Serving t_serving;
/// Set while the accepting thread turns a connection away.
thread_local bool t_is_overloaded = false;

std::optional<Method> method_of(std::string_view text) {
  if (text == "GET" || text == "HEAD") return Method::get;
  if (text == "POST") return Method::post;
  if (text == "PUT") return Method::put;
  if (text == "PATCH") return Method::patch;
  if (text == "DELETE") return Method::del;
  return std::nullopt;
}

/// Headers the library adds about the connection: a client must not be able to pass its own.
bool is_added_by_library(std::string_view name) {
  return name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" ||
         name == "LOCAL_PORT";
}

/// Runs between the head and the body of a request: keeps what our handler is to see, and takes
/// away what would make the library interpret it.
void take_head(httplib::Request& request) {
  t_serving.connection->head_is_read();
  t_serving.method = request.method;
  t_serving.path = request.path;
  t_serving.headers = {};
  for (const auto& [name, value] : request.headers) {
    if (!is_added_by_library(name)) t_serving.headers.add(name, value);
  }
  request.headers.erase("Accept-Encoding");  // answers leave as the handler made them
  request.headers.erase("Content-Type");     // forms arrive as bytes
  request.ranges.clear();                    // and ranges are the handler's business
  request.path = "/";                        // one route, whatever the path
}

/// A task queue that knows how to turn connections away.
class Tasks final : public httplib::TaskQueue {
 public:
  explicit Tasks(ServerThreads& threads) : threads_(threads) {}
  void enqueue(std::function<void()> task) override {
    if (threads_.take(task)) return;
    t_is_overloaded = true;
    task();
    t_is_overloaded = false;
  }
  void shutdown() override { threads_.finish(); }

 private:
  ServerThreads& threads_;
};

class Server final : public httplib::Server {
 public:
  Server(HttpServer::Handler handler, base::Millis idle_max)
      : handler_(std::move(handler)), idle_max_(idle_max) {
    const auto plain = [this](const httplib::Request& request, httplib::Response& response) {
      serve(request, response, nullptr);
    };
    const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& reader) {
      serve(request, response, &reader);
    };
    Get("/", plain);
    Post("/", with_body);
    Put("/", with_body);
    Patch("/", with_body);
    Delete("/", with_body);
    Options("/", plain);
    new_task_queue = [this] {
      started_.set_value();
      return new Tasks(threads_);
    };
  }

  /// Accepts on a thread of its own from now on; bound already. Returns once stop() would work.
  void start(std::string peer) {
    peer_ = std::move(peer);
    auto started = started_.get_future();
    thread_ = std::thread([this] { listen_after_bind(); });
    started.wait();
  }

  void stop_and_join() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
      for (Connection* connection : live_) connection->wake();
    }
    stop();
    thread_.join();
  }

 private:
  bool process_and_close_socket(socket_t socket) override {
    Connection connection(static_cast<SocketHandle>(socket));
    if (t_is_overloaded || !enter(connection)) return false;
    t_serving.connection = &connection;
    for (int left = tuning::kServerRequestsPerConnection; left > 0; --left) {
      if (!connection.await_request(idle_max_) || !serve_one(connection, left == 1)) break;
    }
    t_serving = {};
    leave(connection);
    return true;
  }

  /// One request and its answer. Whether the connection may go on.
  bool serve_one(Connection& connection, bool is_last) {
    bool is_closed = false;
    bool is_served = false;
    try {
      is_served = process_request(connection, is_last, is_closed, take_head);
    } catch (...) {
      return false;
    }
    if (connection.has_unread_body() && !connection.is_muted()) {
      connection.linger();
      return false;
    }
    // After a head that could not be read nobody knows where the next request begins.
    return is_served && !is_closed && !connection.is_muted() && connection.has_read_head() &&
           !is_last;
  }

  void serve(const httplib::Request& request, httplib::Response& response,
             const httplib::ContentReader* reader);
  ServerReply ask_handler(const ServerRequest& request);
  void fill(httplib::Response& response, ServerReply reply);

  bool enter(Connection& connection) {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return false;
    live_.insert(&connection);
    return true;
  }
  void leave(Connection& connection) {
    const std::lock_guard lock(mutex_);
    live_.erase(&connection);
  }

  HttpServer::Handler handler_;
  const base::Millis idle_max_;
  ServerThreads threads_;
  std::string peer_;
  std::promise<void> started_;
  std::thread thread_;
  std::mutex mutex_;
  std::set<Connection*> live_;
  bool is_stopping_ = false;
};

/// The body of the request being served, read at most once.
class Body {
 public:
  Body(const Headers& headers, const httplib::ContentReader* reader) : reader_(reader) {
    const bool is_chunked = headers.find("Transfer-Encoding") != nullptr;
    const std::string* length = headers.find("Content-Length");
    is_there_ = is_chunked || (length && *length != "0");
    // Without a length the library would read until the client hangs up.
    if (!is_there_) reader_ = nullptr;
    is_short_ = length && !is_chunked && length->size() <= 6;
  }

  bool read(const std::function<bool(std::string_view)>& take) {
    if (!is_there_) return true;
    if (!reader_ || is_read_) return false;
    is_read_ = true;
    bool was_taken = true;
    const bool is_whole = (*reader_)([&](const char* data, std::size_t size) {
      return was_taken = take(std::string_view(data, size));
    });
    is_at_end_ = is_whole && was_taken;
    return is_at_end_;
  }

  /// Reads a short rest away. Whether the connection stands at the next request.
  bool drain() {
    if (!is_there_ || is_at_end_) return true;
    if (!is_short_ || is_read_ || !reader_) return false;
    ByteCount left = tuning::kServerDrainMax;
    return read([&](std::string_view piece) {
      left -= static_cast<ByteCount>(piece.size());
      return left >= 0;
    });
  }

 private:
  const httplib::ContentReader* reader_;
  bool is_there_ = false;
  bool is_short_ = false;
  bool is_read_ = false;
  bool is_at_end_ = false;
};

void Server::serve(const httplib::Request& request, httplib::Response& response,
                   const httplib::ContentReader* reader) {
  Body body(t_serving.headers, reader);
  ServerReply reply;
  const auto method = method_of(t_serving.method);
  if (!method) {
    reply.response.status = 405;
  } else if (!t_serving.path.starts_with('/')) {
    reply.response.status = 400;
  } else {
    ServerRequest seen;
    seen.method = *method;
    seen.path = t_serving.path;
    const std::size_t mark = request.target.find('?');
    if (mark != std::string::npos) seen.query = request.target.substr(mark + 1);
    seen.headers = t_serving.headers;
    seen.peer = peer_;
    seen.read_body = [&body](const auto& take) { return body.read(take); };
    reply = ask_handler(seen);
  }
  if (reply.fate == Fate::answer && !body.drain()) {
    t_serving.connection->body_is_unread();
    response.set_header("Connection", "close");
  }
  fill(response, std::move(reply));
}

ServerReply Server::ask_handler(const ServerRequest& request) {
  ServerReply failed;
  failed.response.status = 500;
  failed.response.headers.add("Content-Type", "text/plain");
  failed.response.body = "The server failed to handle this request.\n";
  try {
    ServerReply reply = handler_(request);
    // What is dropped is never sent, so it needs no status.
    if (reply.fate == Fate::drop) return reply;
    if (reply.response.status < 100 || reply.response.status > 999) return failed;
    return reply;
  } catch (...) {
    return failed;
  }
}

void Server::fill(httplib::Response& response, ServerReply reply) {
  response.status = reply.response.status;
  for (const auto& [name, value] : reply.response.headers.all()) {
    const std::string lower = base::to_lower_ascii(name);
    if (lower == "content-length" || lower == "transfer-encoding") continue;
    response.set_header(name, value);  // refuses line breaks
  }
  auto body = std::make_shared<std::string>(std::move(reply.response.body));
  switch (reply.fate) {
    case Fate::answer:
      response.body = std::move(*body);
      return;
    case Fate::drop:
      t_serving.connection->mute();
      return;
    case Fate::cut_in_body: {
      Connection* connection = t_serving.connection;
      const std::string type = response.get_header_value("Content-Type");
      response.headers.erase("Content-Type");
      // An empty body cannot be cut: a length of one is announced and nothing sent.
      const std::size_t length = std::max<std::size_t>(body->size(), 1);
      response.set_content_provider(
          length, type.empty() ? "application/octet-stream" : type,
          [body, connection](std::size_t, std::size_t, httplib::DataSink& sink) {
            sink.write(body->data(), body->size() / 2);
            connection->mute();
            return false;
          });
      return;
    }
  }
}

}  // namespace

struct HttpServer::Impl {
  Impl(Handler handler, base::Millis idle_max) : server(std::move(handler), idle_max) {}
  Server server;
  Path socket;
};

HttpServer::HttpServer(Handler handler) : HttpServer(std::move(handler), tuning::kServerIdle) {}
HttpServer::HttpServer(Handler handler, base::Millis idle_max)
    : impl_(std::make_unique<Impl>(std::move(handler), idle_max)) {}
HttpServer::~HttpServer() { stop(); }

Result<int> HttpServer::listen_loopback(int port) {
  Server& server = impl_->server;
  server.set_socket_options([](socket_t socket) {
    platform::prepare_listener(static_cast<SocketHandle>(socket), platform::Listener::loopback);
  });
  // Head and body leave in two writes; waiting to join them would cost 40 ms an answer.
  server.set_tcp_nodelay(true);
  const std::string address = "127.0.0.1";
  if (port == 0) {
    port = server.bind_to_any_port(address);
  } else if (!server.bind_to_port(address, port)) {
    port = -1;
  }
  if (port < 0) return Failure{Cause::already_running, address + ": the port is taken"};
  server.start(address);
  return port;
}

Result<> HttpServer::listen_unix(const Path& socket) {
  if (!platform::is_socket_path(socket)) {
    return Failure{Cause::bad_input, socket + ": too long for a socket"};
  }
  TRY(platform::remove_stale_socket(socket));
  Server& server = impl_->server;
  server.set_address_family(AF_UNIX);
  SocketHandle listener{};
  server.set_socket_options([&listener](socket_t handle) {
    listener = static_cast<SocketHandle>(handle);
    platform::prepare_listener(listener, platform::Listener::unix_owner_only);
  });
  constexpr int kUnusedPort = 80;
  if (!server.bind_to_port(socket, kUnusedPort)) {
    return Failure{Cause::file_unreadable, socket + ": cannot listen there"};
  }
  // The library's own backlog of 5 would refuse the sixth command that starts at once.
  platform::set_backlog(listener, static_cast<int>(tuning::kServerQueueMax));
  impl_->socket = socket;
  server.start("");
  return {};
}

void HttpServer::stop() {
  impl_->server.stop_and_join();
  if (!impl_->socket.empty()) {
    // Whoever took the place meanwhile answers the probe and keeps it.
    (void)platform::remove_stale_socket(impl_->socket);
    impl_->socket.clear();
  }
}

}  // namespace fieldsync::net
