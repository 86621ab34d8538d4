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
  lost_before,    ///< no connection: nothing leaves
  lost_on_way,    ///< it leaves and never arrives
  lost_after,     ///< it takes effect, the answer is lost
  untrusted,      ///< somebody else's certificate: nothing leaves
  garbled_after,  ///< it takes effect, a gateway answers 502 in its place
};

/// Carries requests straight into a sandbox in the same process, a round trip of virtual time each.
class DirectTransport final : public net::HttpTransport {
 public:
  /// What is on its way travels on `wire`, the world's loop: it arrives also when the machine
  /// whose `host` this is has crashed meanwhile.
  DirectTransport(platform::Host host, platform::EventLoop& wire, net::sandbox::Sandbox& sandbox)
      : host_(host), wire_(wire), sandbox_(sandbox) {}

  net::ExchangeId submit(net::HttpRequest request, DoneCallback done,
                         ProgressCallback progress) override;
  void open_ahead(const std::string& url) override { opened_ahead.push_back(url); }
  void cancel(net::ExchangeId exchange) override;
  /// The machine was killed: what is on its way arrives, its answers reach nobody.
  void forget_answers() { ++life_; }

  /// Asked for each request; nothing happens to it when unset.
  std::function<Mishap(const net::HttpRequest&)> mishap;
  base::Millis round_trip{50};
  /// Bytes a second at which the bodies of files leave, one after the other; what is small
  /// overtakes them. 0: at once.
  std::int64_t up_rate = 0;
  /// A connection ends after so many bytes of a file, so that a longer part never arrives. 0: none
  /// does.
  base::ByteCount connection_bytes_max = 0;
  /// Added to one way of one exchange, asked for each way: requests overtake each other then.
  std::function<base::Millis()> delay;
  int cut_by_length = 0;  ///< parts that met that end
  /// Requests that reached the sandbox, by "METHOD path" without ids: for counting calls.
  std::vector<std::string> arrived;
  std::vector<std::string> opened_ahead;  ///< what connections were asked for in advance

 private:
  net::HttpOutcome carry(const net::HttpRequest& request);
  base::Result<net::HttpResponse> deliver(const net::HttpRequest& request);
  base::Result<std::string> body_of(const net::HttpRequest& request);

  base::Instant one_way_from(base::Instant start) const;
  /// When the last byte of a body of this size has left.
  base::Instant left_at(const net::HttpRequest& request);
  void tell_progress(base::Instant left, base::ByteCount size, ProgressCallback progress);

  platform::Host host_;
  platform::EventLoop& wire_;
  net::sandbox::Sandbox& sandbox_;
  std::uint64_t last_ = 0;
  base::Instant way_is_free_at_{};
  int life_ = 0;  ///< counts kills
  std::set<std::uint64_t> cancelled_;
};

}  // namespace fieldsync::tests
