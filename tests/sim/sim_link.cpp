#include "tests/sim/sim_link.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "platform/atomic_file.h"
#include "platform/base/text.h"

namespace fieldsync::sim {

using base::Cause;
using base::Failure;
using base::Millis;
using net::HttpOutcome;
using net::HttpResponse;
using net::Reach;

namespace {

/// As the real transport (CurlOptions::stall_max).
constexpr Millis kStall{30'000};
/// A connection that is refused or broken is noticed this soon.
constexpr Millis kNotice{20};
/// An effect that comes after its connection broke: within what the agent allows to settle.
constexpr Millis kLateMax{1'900};

base::ByteCount body_size(const net::HttpRequest& request) {
  if (const auto* slice = std::get_if<net::FileSlice>(&request.body)) return slice->size;
  const auto* text = std::get_if<std::string>(&request.body);
  return text ? static_cast<base::ByteCount>(text->size()) : 0;
}

/// A request for a token; a look whether the login server can be reached is none.
bool is_login(const net::HttpRequest& request) {
  return request.method == net::Method::post &&
         request.url.find("/oauth/token") != std::string::npos;
}

HttpOutcome broken(Reach reach, Millis took) {
  return {Failure{Cause::offline, "the connection was cut"}, reach, 0, 0, took};
}

HttpOutcome answer_of(int status, std::string body, Millis took) {
  HttpResponse reply;
  reply.status = status;
  reply.body = std::move(body);
  return {std::move(reply), Reach::may_have_arrived, 0, 0, took};
}

std::string line_of(const net::HttpRequest& request) {
  const auto url = net::parse_url(request.url);
  return std::string(net::name(request.method)) + " " +
         (url ? url->path + (url->query.empty() ? "" : "?" + url->query) : request.url);
}

}  // namespace

SimLink::SimLink(DeviceLoop& loop, Schedule& schedule, DeviceClock& clock,
                 platform::FileSystem& files, net::sandbox::Sandbox& sandbox,
                 platform::Random random)
    : loop_(loop),
      schedule_(schedule),
      clock_(clock),
      files_(files),
      sandbox_(sandbox),
      random_(random) {}

void SimLink::heal() {
  const Millis round_trip = faults.round_trip;
  faults = LinkFaults{};
  faults.round_trip = round_trip;
  wire_ = Wire::up;
}

void SimLink::turn_until(base::Instant now) {
  if (faults.down.count() == 0) {
    wire_ = Wire::up;
    return;
  }
  while (turns_at_ <= now) {
    wire_ = wire_ == Wire::up ? Wire::down : Wire::up;
    const Millis mean = wire_ == Wire::up ? faults.up : faults.down;
    const double drawn = -std::log(1.0 - random_.fraction()) * static_cast<double>(mean.count());
    turns_at_ = turns_at_ + Millis{1 + static_cast<std::int64_t>(drawn)};
  }
}

bool SimLink::is_up() {
  turn_until(schedule_.now());
  return wire_ == Wire::up;
}

SimLink::Fate SimLink::draw_fate(const net::HttpRequest& request) {
  const bool storage = request.url.find("://storage.") != std::string::npos;
  const bool harmless = request.method == net::Method::get || request.method == net::Method::put;
  const auto befalls = [&](double probability) { return random_.chance(probability); };
  if (!is_up()) return befalls(0.8) ? Fate::refused : Fate::stalled;
  if (faults.body_max > 0 && body_size(request) > faults.body_max) return Fate::too_long;
  if (befalls(faults.refused)) return Fate::refused;
  if (befalls(faults.lost_request)) return Fate::lost_request;
  if (befalls(faults.lost_answer)) return Fate::lost_answer;
  if (befalls(faults.late_effect)) return Fate::late_effect;
  if (befalls(faults.cut_answer)) return Fate::cut_answer;
  if (harmless && befalls(faults.repeated)) return Fate::repeated;
  if (befalls(faults.server_error)) return Fate::server_error;
  if (befalls(faults.error_after)) return Fate::error_after;
  if (!storage && befalls(faults.too_many)) return Fate::too_many;
  if (!storage && !is_login(request) && befalls(faults.unauthorized)) return Fate::unauthorized;
  if (befalls(faults.login_page)) return Fate::login_page;
  if (befalls(faults.stalled)) return Fate::stalled;
  return Fate::clean;
}

net::ExchangeId SimLink::submit(net::HttpRequest request, DoneCallback done, ProgressCallback) {
  const std::uint64_t id = ++last_;
  ++submitted;
  if (before_exchange) before_exchange();
  if (on_leaving) on_leaving(request);
  if (is_login(request)) logins_most = std::max(logins_most, ++logins_now);
  const Fate fate = draw_fate(request);
  flights_.emplace(id, Flight{std::move(request), std::move(done), schedule_.now()});
  fly(id, fate);
  return net::ExchangeId{id};
}

void SimLink::cancel(net::ExchangeId exchange) {
  landed_.erase(static_cast<std::uint64_t>(exchange));
  const auto found = flights_.find(static_cast<std::uint64_t>(exchange));
  if (found == flights_.end()) return;
  if (is_login(found->second.request)) --logins_now;
  flights_.erase(found);
}

void SimLink::drop_all() {
  landed_.clear();
  flights_.clear();
  logins_now = 0;
}

Millis SimLink::time_for(const net::HttpRequest& request) const {
  constexpr base::ByteCount kHeaders = 500;
  const base::ByteCount bytes = body_size(request) + kHeaders;
  return faults.round_trip / 2 + Millis{bytes * 1'000 / faults.bytes_per_second};
}

void SimLink::fly(std::uint64_t id, Fate fate) {
  const net::HttpRequest& request = flights_.at(id).request;
  const base::Instant now = schedule_.now();
  const Millis there = time_for(request) + Millis{random_.below(10)};
  const auto land_at = [&](Millis after, HttpOutcome outcome, const char* befell) {
    auto kept = std::make_shared<HttpOutcome>(std::move(outcome));
    schedule_.at_random_place(now + after,
                              [this, id, kept, befell] { land(id, std::move(*kept), befell); });
  };
  if (fate == Fate::refused) {
    return land_at(kNotice, broken(Reach::never_left, kNotice), "refused");
  }
  if (fate == Fate::stalled) {
    return land_at(
        kStall,
        {Failure{Cause::timeout, "no byte for 30 s"}, Reach::may_have_arrived, 0, 0, kStall},
        "stalled");
  }
  if (fate == Fate::lost_request) {
    return land_at(there, broken(Reach::may_have_arrived, there), "request lost");
  }
  if (fate == Fate::late_effect) {
    const Millis late = std::min(there + Millis{random_.between(1, 1'500)}, kLateMax);
    schedule_.at_random_place(now + late, [this, copy = request] { (void)deliver(copy); });
    return land_at(kNotice, broken(Reach::may_have_arrived, kNotice), "cut, takes effect later");
  }
  schedule_.at_random_place(now + there, [this, id, fate, there, copy = request] {
    if (!is_up()) return land(id, broken(Reach::may_have_arrived, there), "cut on the way");
    come_back(id, arrive(copy, fate), copy.save_to);
  });
}

void SimLink::come_back(std::uint64_t id, HttpOutcome outcome,
                        const std::optional<base::Path>& save_to) {
  const auto size = outcome.response ? static_cast<base::ByteCount>(outcome.response->body.size())
                                     : base::ByteCount{0};
  const Millis back = faults.round_trip / 2 + Millis{random_.below(10)} +
                      Millis{size * 1'000 / faults.bytes_per_second};
  auto kept = std::make_shared<HttpOutcome>(std::move(outcome));
  schedule_.at_random_place(schedule_.now() + back, [this, id, kept, save_to] {
    if (!flights_.contains(id)) return;
    if (!is_up()) {
      return land(id, broken(Reach::may_have_arrived, faults.round_trip), "cut on the way back");
    }
    if (save_to && kept->response && kept->response->is_success()) {
      auto saved = platform::write_atomically(files_, *save_to, kept->response->body,
                                              platform::FileSystem::Access::owner_only);
      kept->response->body.clear();
      if (!saved) kept->response = saved.failure();
    }
    land(id, std::move(*kept), "");
  });
}

HttpOutcome SimLink::arrive(const net::HttpRequest& request, Fate fate) {
  const Millis took = faults.round_trip;
  switch (fate) {
    case Fate::server_error:
    case Fate::error_after: {
      if (fate == Fate::error_after) (void)deliver(request);
      constexpr int kStatus[] = {500, 502, 503, 408};
      auto outcome = answer_of(kStatus[random_.below(4)], "<html>Bad Gateway</html>", took);
      if (random_.chance(0.3)) outcome.response->headers.add("Retry-After", "2");
      return outcome;
    }
    case Fate::too_many: {
      auto outcome = answer_of(429, R"({"errors":"rate limit"})", took);
      if (random_.chance(0.5)) outcome.response->headers.add("Retry-After", "7");
      return outcome;
    }
    case Fate::unauthorized:
      return answer_of(401, R"({"errors":"token"})", took);
    case Fate::too_long:
      return answer_of(413, "<html>Request Entity Too Large</html>", took);
    case Fate::login_page: {
      auto outcome = answer_of(200, "<html><body>Welcome to the site network</body></html>", took);
      outcome.response->headers.add("Content-Type", "text/html");
      return outcome;
    }
    case Fate::lost_answer:
      (void)deliver(request);
      return broken(Reach::may_have_arrived, took);
    case Fate::cut_answer:
      (void)deliver(request);
      return {Failure{Cause::unexpected_answer, "the answer was cut short"},
              Reach::may_have_arrived, 0, 0, took};
    case Fate::repeated:
      (void)deliver(request);
      return {deliver(request), Reach::may_have_arrived, 0, 0, took};
    case Fate::clean:
      break;
    case Fate::refused:
    case Fate::lost_request:
    case Fate::late_effect:
    case Fate::stalled:
      FS_CHECK(false);  // these never arrive
  }
  return {deliver(request), Reach::may_have_arrived, 0, 0, took};
}

void SimLink::land(std::uint64_t id, HttpOutcome outcome, const char* befell) {
  const auto found = flights_.find(id);
  if (found == flights_.end()) return;
  Flight flight = std::move(found->second);
  flights_.erase(found);
  if (is_login(flight.request)) --logins_now;
  std::string line = line_of(flight.request) + " -> ";
  line += *befell            ? befell
          : outcome.response ? std::to_string(outcome.response->status)
                             : outcome.response.failure().what;
  if (on_exchanged) on_exchanged({schedule_.now(), std::move(line)});
  // The login server has no budget to keep.
  const bool has_budget = flight.request.auth == net::Auth::bearer && on_told_to_wait;
  landed_.insert(id);
  loop_.post([this, id, has_budget, done = std::move(flight.done),
              outcome = std::move(outcome)]() mutable {
    if (landed_.erase(id) == 0) return;
    if (has_budget && outcome.response && outcome.response->status == 429) {
      const std::string* wait = outcome.response->headers.find("Retry-After");
      if (wait) on_told_to_wait(std::chrono::seconds(std::atoi(wait->c_str())));
    }
    done(std::move(outcome));
  });
}

base::Result<std::string> SimLink::body_of(const net::HttpRequest& request) {
  if (const auto* text = std::get_if<std::string>(&request.body)) return *text;
  if (const auto* slice = std::get_if<net::FileSlice>(&request.body)) {
    TRY_ASSIGN(auto file, files_.open_read(slice->path));
    return file->read_at(slice->offset, slice->size);
  }
  FS_CHECK(!std::holds_alternative<net::FormUpload>(request.body));
  return std::string();
}

base::Result<HttpResponse> SimLink::deliver(const net::HttpRequest& request) {
  const auto url = net::parse_url(request.url);
  FS_CHECK(url.has_value());
  TRY_ASSIGN(std::string body, body_of(request));
  net::sandbox::Request arriving{
      request.method, base::url_decode(url->path), url->query, request.headers, {}};
  if (!body.empty()) arriving.headers.add("Content-Length", std::to_string(body.size()));
  const std::string sent = on_delivered ? body : std::string();
  net::sandbox::Reply reply;
  if (url->host.rfind("storage.", 0) == 0) {
    reply = sandbox_.store(arriving, net::sandbox::read_from(std::move(body)));
  } else {
    arriving.body = std::move(body);
    reply = sandbox_.api(arriving);
  }
  if (on_delivered) on_delivered(request, sent, reply.response.status);
  if (reply.fate != net::Fate::answer) return Failure{Cause::offline, "the connection was cut"};
  return reply.response;
}

}  // namespace fieldsync::sim
