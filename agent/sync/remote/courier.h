#pragma once

#include <functional>
#include <optional>

#include "agent/sync/remote/remote.h"
#include "net/http_transport.h"
#include "platform/base/log.h"
#include "platform/host.h"

namespace fieldsync::sync {

/// The only way out: every request of a remote passes here. Adds the token (to the service's own
/// hosts only), keeps to the request budget, renews a refused token once, and learns from every
/// exchange whether there is a link and what the service's clock says. An answer that the service
/// did not give reaches nobody: the request ends with captive_portal. Loop thread only.
class Courier {
 public:
  Courier(platform::Host& host, net::HttpTransport& transport, base::Log& log, Remote& remote);

  using Callback = std::function<void(net::HttpOutcome)>;
  /// Called right before the request leaves; false stops it (the intent could not be marked).
  using BeforeSend = std::function<base::Result<>()>;
  void send(net::HttpRequest request, Callback done) {
    send_as({}, std::move(request), std::move(done), nullptr, nullptr);
  }
  /// The same under the own login of `person`, when there is one (people.h).
  void send_as(const std::string& person, net::HttpRequest request, Callback done,
               net::HttpTransport::ProgressCallback progress, BeforeSend before_send);
  void send_as(const std::string& person, net::HttpRequest request, Callback done) {
    send_as(person, std::move(request), std::move(done), nullptr, nullptr);
  }

  /// Files will soon be sent to the host of `url`: a connection may be opened already.
  void open_ahead(const std::string& url) { transport_.open_ahead(url); }

  /// Bytes of answers so far: what there was to read and to keep.
  base::ByteCount received() const { return received_; }
  /// The service's idea of now.
  base::WallTime service_now() const;
  /// Asks the service's login server something that costs nothing, to learn whether the link works.
  void probe(std::function<void()> done);
  /// Ends a probe that is under way, if one is; its `done` is called soon. On a link that was it
  /// may hang for seconds while the one that is now would answer.
  void give_up_probe();

 private:
  struct Errand;
  net::TokenSource& tokens_of(const Errand& errand) const;
  void with_token(std::shared_ptr<Errand> errand);
  void when_gate_opens(std::shared_ptr<Errand> errand);
  void submit(std::shared_ptr<Errand> errand);
  net::ExchangeId put_on_the_way(net::HttpRequest request, const std::shared_ptr<Errand>& errand);
  void link_failed(const base::Failure& failure);
  void learn_clock(const Errand& errand, const net::HttpResponse& reply);
  void answered(const std::shared_ptr<Errand>& errand, net::HttpOutcome outcome);

  platform::Host& host_;
  net::HttpTransport& transport_;
  base::Log& log_;
  Remote& remote_;
  base::ByteCount received_ = 0;
  struct Probe {
    net::ExchangeId exchange{};
    std::function<void()> done;
  };
  std::optional<Probe> probe_;  ///< under way
};

}  // namespace fieldsync::sync
