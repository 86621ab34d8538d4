#include <httplib.h>

#include <charconv>

#include "net/http_server.h"
#include "net/request_check.h"
#include "net/tuning.h"
#include "platform/atomic_file.h"
#include "platform/base/text.h"
#include "platform/host.h"
#include "platform/socket.h"

// The client side of the local API. It stands beside the server because both use the same library.

namespace fieldsync::net {
namespace {

using base::Cause;
using base::Failure;

/// "/v1/queue?all=1" of a whole URL, or of just that.
Result<std::string> target_of(const std::string& url) {
  HttpRequest probe;
  probe.url = url.starts_with('/') ? "http://localhost" + url : url;
  TRY(check_sendable(probe));
  const auto parsed = parse_url(probe.url);
  FS_CHECK(parsed.has_value());
  return parsed->query.empty() ? parsed->path : parsed->path + "?" + parsed->query;
}

/// Streams a slice of `file` into the library's sink; what went wrong is left in `failure`.
httplib::ContentProvider provider_of(platform::File& file, ByteCount offset, Failure& failure) {
  return [&file, offset, &failure](std::size_t at, std::size_t length, httplib::DataSink& sink) {
    const ByteCount size = std::min<ByteCount>(static_cast<ByteCount>(length), tuning::kPieceBytes);
    auto piece = file.read_at(offset + static_cast<ByteCount>(at), size);
    if (!piece) {
      failure = piece.failure();
      return false;
    }
    if (piece->empty()) {
      failure = {Cause::file_growing, "the file became shorter while it was sent"};
      return false;
    }
    return sink.write(piece->data(), piece->size());
  };
}

class LocalCall {
 public:
  explicit LocalCall(const HttpRequest& request) : request_(request) {}

  Result<HttpResponse> run(const std::string& address) {
    TRY_ASSIGN(const std::string target, target_of(request_.url));
    TRY(check_headers());
    sent_.method = std::string(name(request_.method));
    sent_.path = target;
    for (const auto& [key, value] : request_.headers.all()) sent_.headers.emplace(key, value);
    if (!request_.headers.find("Host")) sent_.headers.emplace("Host", "localhost");
    TRY(set_body());
    sent_.response_handler = [this](const httplib::Response& response) {
      return take_head(response);
    };
    sent_.content_receiver = [this](const char* data, std::size_t size, std::uint64_t,
                                    std::uint64_t) {
      return take({data, size});
    };

    const auto port = loopback_port(address);
    httplib::Client client = port ? httplib::Client("127.0.0.1", *port) : httplib::Client(address);
    if (!port) client.set_address_family(AF_UNIX);
    client.set_read_timeout(tuning::kLocalStall);
    client.set_write_timeout(tuning::kServerStall);
    httplib::Response received;
    httplib::Error error = httplib::Error::Success;
    const bool is_whole = client.send(sent_, received, error);
    if (failure_.cause != Cause::none) return failure_;
    if (!is_whole) {
      return Failure{Cause::offline, address + ": no answer (" + httplib::to_string(error) + ")"};
    }
    // Without a body neither callback may have run.
    if (answer_.status == 0) take_head(received);
    if (saved_) TRY(saved_->commit());
    return std::move(answer_);
  }

 private:
  Result<> check_headers() const {
    HttpRequest probe;
    probe.url = "http://localhost/";
    probe.headers = request_.headers;
    return check_sendable(probe);
  }

  Result<> set_body() {
    if (const auto* text = std::get_if<std::string>(&request_.body)) {
      sent_.body = *text;
    } else if (const auto* slice = std::get_if<FileSlice>(&request_.body)) {
      TRY_ASSIGN(file_, files_->open_read(slice->path));
      sent_.content_length_ = static_cast<std::size_t>(slice->size);
      sent_.content_provider_ = provider_of(*file_, slice->offset, failure_);
    } else if (std::holds_alternative<FormUpload>(request_.body)) {
      return Failure{Cause::bad_input, "form uploads are not part of the local API"};
    }
    return {};
  }

  bool take_head(const httplib::Response& response) {
    answer_.status = response.status;
    for (const auto& [key, value] : response.headers) answer_.headers.add(key, value);
    if (!request_.save_to || !answer_.is_success()) return true;
    auto file = platform::AtomicFile::open(*files_, *request_.save_to,
                                           platform::FileSystem::Access::owner_only);
    if (!file) return fail(file.failure());
    saved_.emplace(std::move(file).value());
    return true;
  }

  bool take(std::string_view piece) {
    received_ += static_cast<ByteCount>(piece.size());
    if (received_ > request_.answer_bytes_max) {
      return fail({Cause::unexpected_answer, request_.url + ": the answer is too long"});
    }
    if (!saved_) {
      answer_.body.append(piece);
      return true;
    }
    auto written = saved_->write(piece);
    return written.ok() || fail(written.failure());
  }

  bool fail(Failure failure) {
    failure_ = std::move(failure);
    return false;
  }

  const HttpRequest& request_;
  std::unique_ptr<platform::FileSystem> files_ = platform::make_system_files();
  std::unique_ptr<platform::File> file_;
  std::optional<platform::AtomicFile> saved_;
  httplib::Request sent_;
  HttpResponse answer_;
  Failure failure_;
  ByteCount received_ = 0;
};

}  // namespace

std::optional<int> loopback_port(std::string_view address) {
  constexpr std::string_view kHost = "127.0.0.1:";
  if (!address.starts_with(kHost)) return std::nullopt;
  address.remove_prefix(kHost.size());
  int port = 0;
  const auto read = std::from_chars(address.data(), address.data() + address.size(), port);
  const bool is_whole = read.ec == std::errc() && read.ptr == address.data() + address.size();
  return is_whole && port >= 1 && port <= 65'535 ? std::optional(port) : std::nullopt;
}

Result<HttpResponse> call_local(const std::string& address, const HttpRequest& request) {
  if (address.empty()) return Failure{Cause::offline, "no address is configured"};
  if (!loopback_port(address) && !platform::has_unix_sockets()) {
    return Failure{Cause::offline, address + ": no agent listens"};
  }
  return LocalCall(request).run(address);
}

}  // namespace fieldsync::net
