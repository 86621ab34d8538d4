#pragma once

#include <functional>
#include <set>

#include "net/http_transport.h"
#include "net/sandbox/sandbox.h"
#include "platform/host.h"

namespace fieldsync::tests {

/// What befalls one exchange on its way.
enum class Mishap {
  none,
  lost_before,  ///< no connection: nothing leaves
  lost_on_way,  ///< it leaves and never arrives
  lost_after,   ///< it takes effect, the answer is lost
};

/// Carries requests straight into a sandbox in the same process, a round trip of virtual time each.
class DirectTransport final : public net::HttpTransport {
 public:
  DirectTransport(platform::Host host, net::sandbox::Sandbox& sandbox)
      : host_(host), sandbox_(sandbox) {}

  net::ExchangeId submit(net::HttpRequest request, DoneCallback done,
                         ProgressCallback progress) override;
  void cancel(net::ExchangeId exchange) override;

  /// Asked for each request; nothing happens to it when unset.
  std::function<Mishap(const net::HttpRequest&)> mishap;
  base::Millis round_trip{50};
  /// Requests that reached the sandbox, by "METHOD path" without ids: for counting calls.
  std::vector<std::string> arrived;

 private:
  net::HttpOutcome carry(const net::HttpRequest& request);
  base::Result<net::HttpResponse> deliver(const net::HttpRequest& request);
  base::Result<std::string> body_of(const net::HttpRequest& request);

  platform::Host host_;
  net::sandbox::Sandbox& sandbox_;
  std::uint64_t last_ = 0;
  std::set<std::uint64_t> cancelled_;
};

}  // namespace fieldsync::tests
