#include "tests/support/direct_transport.h"

#include "platform/atomic_file.h"
#include "platform/base/text.h"

namespace fieldsync::tests {

using base::Cause;
using base::Failure;
using net::HttpOutcome;
using net::Reach;

namespace {

/// How often a body that leaves tells so: often enough to be seen moving.
constexpr base::Millis kProgressEvery{500};

base::ByteCount size_of(const net::HttpRequest& request) {
  if (const auto* text = std::get_if<std::string>(&request.body)) {
    return static_cast<base::ByteCount>(text->size());
  }
  const auto* slice = std::get_if<net::FileSlice>(&request.body);
  return slice ? slice->size : 0;
}

}  // namespace

net::ExchangeId DirectTransport::submit(net::HttpRequest request, DoneCallback done,
                                        ProgressCallback progress) {
  const std::uint64_t id = ++last_;
  auto answer = std::make_shared<DoneCallback>(std::move(done));
  const base::Instant begun = host_.clock.now();
  const base::Instant left = left_at(request);
  const base::ByteCount size = size_of(request);
  if (progress && left > begun) tell_progress(left, size, std::move(progress));
  const auto arrive = [this, id, life = life_, begun, size, answer](HttpOutcome outcome) {
    outcome.took = host_.clock.now() - begun;
    if (outcome.response) outcome.bytes_sent = size;
    if (cancelled_.erase(id) == 0 && life == life_) (*answer)(std::move(outcome));
  };
  wire_.call_at(one_way_from(left), [this, id, request = std::move(request), arrive] {
    if (cancelled_.erase(id) != 0) return;
    const auto outcome = std::make_shared<HttpOutcome>(carry(request));
    wire_.call_at(one_way_from(host_.clock.now()),
                  [outcome, arrive] { arrive(std::move(*outcome)); });
  });
  return net::ExchangeId{id};
}

base::Instant DirectTransport::one_way_from(base::Instant start) const {
  return start + round_trip / 2 + (delay ? delay() : base::Millis{0});
}

base::Instant DirectTransport::left_at(const net::HttpRequest& request) {
  const base::Instant now = host_.clock.now();
  const bool takes_time = up_rate > 0 && std::holds_alternative<net::FileSlice>(request.body);
  if (!takes_time) return now;
  way_is_free_at_ =
      std::max(now, way_is_free_at_) + base::Millis{size_of(request) * 1'000 / up_rate};
  return way_is_free_at_;
}

/// Told on the way of the machine: a process that was killed hears nothing more.
void DirectTransport::tell_progress(base::Instant left, base::ByteCount size,
                                    ProgressCallback progress) {
  const base::Instant next = std::min(left, host_.clock.now() + kProgressEvery);
  host_.loop.call_at(next, [this, left, size, progress] {
    const base::Millis to_go = left - host_.clock.now();
    progress(size - std::min(size, to_go.count() * up_rate / 1'000), 0);
    if (to_go.count() > 0) tell_progress(left, size, progress);
  });
}

void DirectTransport::cancel(net::ExchangeId exchange) {
  cancelled_.insert(static_cast<std::uint64_t>(exchange));
}

HttpOutcome DirectTransport::carry(const net::HttpRequest& request) {
  const Failure cut{Cause::offline, "the connection was cut"};
  const auto lost = [&](Reach reach) { return HttpOutcome{cut, reach, 0, 0, round_trip}; };
  const auto* file = std::get_if<net::FileSlice>(&request.body);
  if (connection_bytes_max > 0 && file && file->size > connection_bytes_max) {
    ++cut_by_length;
    return HttpOutcome{cut, Reach::may_have_arrived, connection_bytes_max, 0, round_trip};
  }
  switch (mishap ? mishap(request) : Mishap::none) {
    case Mishap::lost_before:
      return lost(Reach::never_left);
    case Mishap::lost_on_way:
      return lost(Reach::may_have_arrived);
    case Mishap::lost_after: {
      (void)deliver(request);
      HttpOutcome outcome = lost(Reach::may_have_arrived);
      if (file) outcome.bytes_sent = file->size;
      return outcome;
    }
    case Mishap::untrusted:
      return HttpOutcome{Failure{Cause::tls_untrusted, "self-signed certificate in the chain"},
                         Reach::never_left, 0, 0, round_trip};
    case Mishap::garbled_after: {
      (void)deliver(request);
      net::HttpResponse page;
      page.status = 502;
      page.headers.add("Content-Type", "text/html");
      page.body = "<html><body>Bad Gateway</body></html>";
      return HttpOutcome{page, Reach::may_have_arrived, 0, 0, round_trip};
    }
    case Mishap::none:
      break;
  }
  return HttpOutcome{deliver(request), Reach::may_have_arrived, 0, 0, round_trip};
}

base::Result<std::string> DirectTransport::body_of(const net::HttpRequest& request) {
  if (const auto* text = std::get_if<std::string>(&request.body)) return *text;
  if (const auto* slice = std::get_if<net::FileSlice>(&request.body)) {
    TRY_ASSIGN(auto file, host_.files.open_read(slice->path));
    return file->read_at(slice->offset, slice->size);
  }
  FS_CHECK(!std::holds_alternative<net::FormUpload>(request.body));
  return std::string();
}

base::Result<net::HttpResponse> DirectTransport::deliver(const net::HttpRequest& request) {
  const auto url = net::parse_url(request.url);
  FS_CHECK(url.has_value());
  TRY_ASSIGN(std::string body, body_of(request));
  net::sandbox::Request arriving{
      request.method, base::url_decode(url->path), url->query, request.headers, {}};
  if (!body.empty()) arriving.headers.add("Content-Length", std::to_string(body.size()));
  arrived.push_back(std::string(net::name(request.method)) + " " + url->path);
  const bool storage = url->host.rfind("storage.", 0) == 0;
  net::sandbox::Reply reply;
  if (storage) {
    reply = sandbox_.store(arriving, net::sandbox::read_from(std::move(body)));
  } else {
    arriving.body = std::move(body);
    reply = sandbox_.api(arriving);
  }
  if (reply.fate != net::Fate::answer) return Failure{Cause::offline, "the connection was cut"};
  if (request.save_to && reply.response.is_success()) {
    TRY(platform::write_atomically(host_.files, *request.save_to, reply.response.body,
                                   platform::FileSystem::Access::owner_only));
    reply.response.body.clear();
  }
  return reply.response;
}

}  // namespace fieldsync::tests
