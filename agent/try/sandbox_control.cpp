#include "agent/try/sandbox_control.h"

#include <optional>

#include "agent/try/tuning.h"
#include "net/curl_transport.h"
#include "platform/base/json.h"
#include "platform/event_loop.h"
#include "platform/host.h"
#include "platform/random.h"
#include "platform/workers.h"

namespace fieldsync::trial {
namespace {

net::CurlOptions curl_options() {
  net::CurlOptions options;
  options.stall_max = tuning::kControlStall;
  return options;
}

}  // namespace

/// A loop of its own, that runs only while a call is under way.
struct SandboxControl::Wire {
  std::unique_ptr<platform::Clock> clock = platform::make_system_clock();
  std::unique_ptr<platform::FileSystem> files = platform::make_system_files();
  platform::ThreadLoop loop{*clock};
  platform::ThreadWorkers workers{loop};
  platform::Random random{platform::system_entropy()};
  platform::Host host{*clock, loop, *files, workers, random};
  net::CurlTransport transport{host, curl_options()};
};

SandboxControl::SandboxControl(std::string url)
    : url_(std::move(url)), wire_(std::make_unique<Wire>()) {}
SandboxControl::~SandboxControl() = default;

Result<Value> SandboxControl::exchange(net::HttpRequest request) {
  const std::string shown = std::string(net::name(request.method)) + " " + request.url;
  request.answer_bytes_max = ByteCount{256} << 20;
  std::optional<net::HttpOutcome> outcome;
  wire_->transport.submit(std::move(request),
                          [&outcome](net::HttpOutcome got) { outcome = std::move(got); });
  wire_->loop.run_until([&outcome] { return outcome.has_value(); });
  if (!outcome->response) return outcome->response.failure();
  const net::HttpResponse& response = *outcome->response;
  if (!response.is_success()) {
    return Failure{base::Cause::unexpected_answer,
                   shown + ": " + std::to_string(response.status) + " " + response.body};
  }
  return base::parse_json(response.body);
}

Result<Value> SandboxControl::get(const std::string& path) {
  net::HttpRequest request;
  request.url = url_ + path;
  return exchange(std::move(request));
}

Result<Document> SandboxControl::post(const std::string& path, const Document& body) {
  net::HttpRequest request;
  request.method = net::Method::post;
  request.url = url_ + path;
  request.headers.add("Content-Type", "application/json");
  request.body = base::to_json(body);
  TRY_ASSIGN(Value answer, exchange(std::move(request)));
  return answer.as_document() ? *answer.as_document() : Document{};
}

Result<> SandboxControl::clear_faults() {
  net::HttpRequest request;
  request.method = net::Method::del;
  request.url = url_ + "/faults";
  TRY(exchange(std::move(request)));
  return {};
}

Result<> SandboxControl::set_link(Link link) {
  TRY(post("/link", Document{{"up", Value(link == Link::up)}}));
  return {};
}

Result<std::int64_t> SandboxControl::office(const Document& command) {
  TRY_ASSIGN(const Document answer, post("/office", command));
  return answer.integer("id");
}

Result<base::List> SandboxControl::rows(const std::string& path) {
  TRY_ASSIGN(Value answer, get(path));
  if (!answer.as_list()) return Failure{base::Cause::unexpected_answer, path + ": no list"};
  return std::move(*answer.as_list());
}

Result<std::int64_t> SandboxControl::publish_drawing(const std::string& number,
                                                     const std::string& title, const Path& pdf,
                                                     ByteCount size) {
  net::HttpRequest request;
  request.method = net::Method::post;
  request.url = url_ + "/drawing?" + net::Query().add("number", number).add("title", title).text();
  request.headers.add("Content-Type", "application/pdf");
  request.body = net::FileSlice{pdf, 0, size};
  TRY_ASSIGN(const Value answer, exchange(std::move(request)));
  return answer.as_document() ? answer.as_document()->integer("id") : 0;
}

}  // namespace fieldsync::trial
