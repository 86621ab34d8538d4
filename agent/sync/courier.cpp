#include "agent/sync/courier.h"

#include <memory>

#include "agent/sync/retry.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::Cause;
using base::Failure;
using net::HttpOutcome;

struct Courier::Errand {
  net::HttpRequest request;
  Callback done;
  net::HttpTransport::ProgressCallback progress;
  BeforeSend before_send;
  base::Secret token;
  enum class Renewal { not_tried, tried } renewal = Renewal::not_tried;

  void fail(Failure failure) {
    done(HttpOutcome{std::move(failure), net::Reach::never_left, 0, 0, base::Millis{0}});
  }
};

Courier::Courier(platform::Host& host, net::HttpTransport& transport, base::Log& log,
                 Remote& remote)
    : host_(host), transport_(transport), log_(log), remote_(remote) {}

void Courier::send(net::HttpRequest request, Callback done,
                   net::HttpTransport::ProgressCallback progress, BeforeSend before_send) {
  auto errand = std::make_shared<Errand>();
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
  remote_.tokens.get([this, errand](base::Result<base::Secret> token) {
    if (!token) {
      if (verdict_on(token.failure().cause) == Verdict::link) {
        remote_.link.failed(token.failure(), host_.clock.wall());
      }
      return errand->fail(token.failure());
    }
    errand->token = *token;
    when_gate_opens(errand);
  });
}

void Courier::when_gate_opens(std::shared_ptr<Errand> errand) {
  const base::WallTime now = host_.clock.wall();
  const base::WallTime opens = remote_.gate.may_send_at(now);
  if (opens <= now) return submit(std::move(errand));
  host_.loop.call_at(host_.clock.now() + (opens - now),
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
  transport_.submit(
      std::move(request),
      [this, errand](HttpOutcome outcome) { answered(errand, std::move(outcome)); },
      errand->progress);
}

void Courier::answered(const std::shared_ptr<Errand>& errand, HttpOutcome outcome) {
  const base::WallTime now = host_.clock.wall();
  if (!outcome.response) {
    if (verdict_on(outcome.response.failure().cause) == Verdict::link) {
      remote_.link.failed(outcome.response.failure(), now);
      log_.info("link.failed", {{"why", outcome.response.failure().what}});
    }
    return errand->done(std::move(outcome));
  }
  const net::HttpResponse& reply = *outcome.response;
  if (errand->request.auth == net::Auth::bearer) {
    remote_.gate.answered(reply, now);
    if (const auto date = base::parse_http_date(reply.headers.text("Date"))) {
      remote_.clock_ahead = *date - now;
    }
    if (reply.status == 401 && errand->renewal == Errand::Renewal::not_tried) {
      errand->renewal = Errand::Renewal::tried;
      remote_.tokens.refused(errand->token);
      return with_token(errand);
    }
  }
  if (remote_.link.answered() && on_link_back) on_link_back();
  errand->done(std::move(outcome));
}

base::WallTime Courier::service_now() const { return host_.clock.wall() + remote_.clock_ahead; }

void Courier::not_the_service(const Failure& failure) {
  remote_.link.failed(failure, host_.clock.wall());
  log_.info("link.not_the_service", {{"why", failure.what}});
}

}  // namespace fieldsync::sync
