#include "agent/sync/remote/courier.h"

#include <algorithm>
#include <memory>

#include "agent/sync/link/retry.h"
#include "agent/sync/link/tuning.h"
#include "agent/sync/remote/people.h"
#include "net/on_the_way.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::Cause;
using base::Failure;
using net::HttpOutcome;

struct Courier::Errand {
  net::HttpRequest request;
  std::string person;  ///< under whose own login; empty: the machine's
  net::TokenSource* tokens = nullptr;
  Callback done;
  net::HttpTransport::ProgressCallback progress;
  BeforeSend before_send;
  base::Secret token;
  enum class Renewal { not_tried, tried } renewal = Renewal::not_tried;
  enum class Purpose { work, probe } purpose = Purpose::work;

  void fail(Failure failure) {
    done(HttpOutcome{std::move(failure), net::Reach::never_left, 0, 0, base::Millis{0}});
  }
};

Courier::Courier(platform::Host& host, net::HttpTransport& transport, base::Log& log,
                 Remote& remote)
    : host_(host), transport_(transport), log_(log), remote_(remote) {}

void Courier::send_as(const std::string& person, net::HttpRequest request, Callback done,
                      net::HttpTransport::ProgressCallback progress, BeforeSend before_send) {
  auto errand = std::make_shared<Errand>();
  errand->person = person;
  errand->request = std::move(request);
  errand->done = std::move(done);
  errand->progress = std::move(progress);
  errand->before_send = std::move(before_send);
  if (errand->request.auth == net::Auth::none) {
    submit(std::move(errand));
  } else if (!remote_.service.trusts(errand->request.url)) {
    errand->fail({Cause::unexpected_answer,
                  "the address does not belong to the service, so the login is not sent there"});
  } else {
    with_token(std::move(errand));
  }
}

void Courier::with_token(std::shared_ptr<Errand> errand) {
  errand->tokens = &tokens_of(*errand);
  errand->tokens->get([this, errand](base::Result<base::Secret> token) {
    if (!token) {
      if (verdict_on(token.failure().cause) == Verdict::link) link_failed(token.failure());
      const bool is_of_login = verdict_on(token.failure().cause) == Verdict::login;
      return errand->fail(of_person(is_of_login ? errand->person : "", token.failure()));
    }
    errand->token = *token;
    when_gate_opens(errand);
  });
}

/// A login that was just given is asked who it is, before anything goes out under it.
net::TokenSource& Courier::tokens_of(const Errand& errand) const {
  const auto own = remote_.people.find(errand.person);
  const bool is_usable =
      own != remote_.people.end() && own->second.state != OwnLogin::State::given_up;
  return is_usable ? *own->second.tokens : remote_.tokens;
}

void Courier::when_gate_opens(std::shared_ptr<Errand> errand) {
  const base::WallTime now = host_.clock.wall();
  const base::WallTime opens = remote_.gate.may_send_at(now);
  if (opens <= now) return submit(std::move(errand));
  // Looked at as often as a bad link: a person's "now" opens the gate early.
  host_.loop.call_at(host_.clock.now() + std::min(opens - now, tuning::kLinkRetryMax),
                     [this, errand] { when_gate_opens(errand); });
}

void Courier::submit(std::shared_ptr<Errand> errand) {
  if (errand->before_send) {
    if (auto marked = errand->before_send(); !marked) return errand->fail(marked.failure());
  }
  net::HttpRequest request = errand->request;
  if (request.auth == net::Auth::bearer) {
    remote_.gate.sent(host_.clock.wall());
    request.headers.add("Authorization", "Bearer " + errand->token.reveal());
  }
  put_on_the_way(std::move(request), errand);
}

net::ExchangeId Courier::put_on_the_way(net::HttpRequest request,
                                        const std::shared_ptr<Errand>& errand) {
  return transport_.submit(
      std::move(request),
      [this, errand](HttpOutcome outcome) { answered(errand, std::move(outcome)); },
      errand->progress);
}

void Courier::link_failed(const Failure& failure) {
  remote_.link.failed(failure, host_.clock.wall());
  log_.info("link.failed", {{"cause", base::info(failure.cause).id}, {"why", failure.what}});
}

namespace {
/// A box on the way that ends connections after some megabytes says nothing of the link: it has
/// just carried them. Silence (a time-out) does.
bool only_its_connection_ended(const net::HttpRequest& request, const HttpOutcome& outcome) {
  return std::holds_alternative<net::FileSlice>(request.body) &&
         outcome.response.failure().cause == Cause::offline &&
         outcome.bytes_sent >= tuning::kCarriedMin;
}
}  // namespace

void Courier::answered(const std::shared_ptr<Errand>& errand, HttpOutcome outcome) {
  remote_.data.crossed(outcome.bytes_sent + outcome.bytes_received);
  if (outcome.response) {
    if (auto page = net::given_on_the_way(errand->request, *outcome.response)) {
      outcome.response = *page;
    }
  }
  if (!outcome.response) {
    const Failure& failure = outcome.response.failure();
    const bool is_of_link = verdict_on(failure.cause) == Verdict::link &&
                            !only_its_connection_ended(errand->request, outcome);
    if (is_of_link) link_failed(failure);
    return errand->done(std::move(outcome));
  }
  const net::HttpResponse& reply = *outcome.response;
  received_ += static_cast<base::ByteCount>(reply.body.size());
  learn_clock(*errand, reply);
  if (errand->request.auth == net::Auth::bearer) {
    remote_.gate.answered(reply, host_.clock.wall());
    if (reply.status != 401) {
      errand->tokens->accepted(errand->token);
    } else {
      errand->tokens->refused(errand->token);
      if (errand->renewal == Errand::Renewal::not_tried) {
        errand->renewal = Errand::Renewal::tried;
        return with_token(errand);
      }
    }
  }
  if (net::is_gateway_page(reply)) {
    // A proxy of the site or the service's own gateway: the probe will tell.
    link_failed({Cause::captive_portal,
                 "HTTP " + std::to_string(reply.status) + " with " + net::page_title(reply.body)});
    return errand->done(std::move(outcome));
  }
  if (errand->request.auth == net::Auth::bearer) remote_.links.here().answered(outcome.took);
  const bool is_probe = errand->purpose == Errand::Purpose::probe;
  const bool is_back = is_probe ? remote_.link.probed() : remote_.link.answered();
  if (is_back) remote_.gate.link_is_back(host_.clock.wall());
  if (is_back && remote_.on_link_back) remote_.on_link_back();
  errand->done(std::move(outcome));
}

void Courier::learn_clock(const Errand& errand, const net::HttpResponse& reply) {
  if (!remote_.service.trusts(errand.request.url)) return;
  const auto date = base::parse_http_date(reply.headers.text("Date"));
  if (date) remote_.clock_ahead = *date - host_.clock.wall();
}

void Courier::probe(std::function<void()> done) {
  auto errand = std::make_shared<Errand>();
  errand->request = remote_.tokens.probe();
  errand->purpose = Errand::Purpose::probe;
  errand->done = [this](const HttpOutcome&) {
    const auto finish = std::move(probe_->done);
    probe_.reset();
    finish();
  };
  FS_CHECK(!probe_);
  probe_.emplace();
  probe_->done = std::move(done);
  probe_->exchange = put_on_the_way(errand->request, errand);
}

void Courier::give_up_probe() {
  if (!probe_) return;
  transport_.cancel(probe_->exchange);
  host_.loop.post(std::move(probe_->done));
  probe_.reset();
}

base::WallTime Courier::service_now() const { return host_.clock.wall() + remote_.clock_ahead; }

}  // namespace fieldsync::sync
