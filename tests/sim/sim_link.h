#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "net/http_transport.h"
#include "net/sandbox/sandbox.h"
#include "tests/sim/device_host.h"

namespace fieldsync::sim {

/// What may befall an exchange, each with its probability.
struct LinkFaults {
  double refused = 0;       ///< no connection: nothing leaves
  double lost_request = 0;  ///< it leaves and never arrives
  double lost_answer = 0;   ///< it takes effect, the answer is lost
  double late_effect = 0;   ///< the connection breaks, the service acts a little later
  double cut_answer = 0;    ///< it takes effect, the answer ends half way
  double repeated = 0;      ///< a proxy sends a GET or PUT twice
  double server_error = 0;  ///< 500, 502, 503 or 408, without an effect
  double error_after = 0;   ///< the same, and it took effect
  double too_many = 0;      ///< 429, with and without Retry-After
  double unauthorized = 0;  ///< 401 to a good token
  double login_page = 0;    ///< a portal's page with status 200
  double stalled = 0;       ///< no byte for half a minute, then given up
  base::Millis round_trip{50};
  base::ByteCount bytes_per_second = 2'000'000;
  base::ByteCount body_max = 0;  ///< a proxy refuses longer requests with 413; 0: none
  /// Mean times the link is up and down; zero: always up.
  base::Millis up{0}, down{0};
};

/// What one exchange did, for hashes, traces and oracles.
struct Exchanged {
  base::Instant at;
  std::string line;  ///< "POST /rest/v1.0/images -> 201" or what befell it
};

/// One device's way to the service: requests go straight into the sandbox of the world, in virtual
/// time, through everything a link on site does to them. One thread.
class SimLink final : public net::HttpTransport {
 public:
  SimLink(DeviceLoop& loop, Schedule& schedule, DeviceClock& clock, platform::FileSystem& files,
          net::sandbox::Sandbox& sandbox, platform::Random random);

  net::ExchangeId submit(net::HttpRequest request, DoneCallback done,
                         ProgressCallback progress) override;
  void cancel(net::ExchangeId exchange) override;

  LinkFaults faults;
  /// No faults any more and the link stays up.
  void heal();
  /// The process died: nobody waits for what is under way; what is on its way may still arrive.
  void drop_all();
  bool is_up();

  /// Called as a request leaves, before its fate is drawn from `faults`.
  std::function<void()> before_exchange;
  std::function<void(const net::HttpRequest&)> on_leaving;
  /// An answer 429 that says for how long to wait reached the agent.
  std::function<void(base::Millis)> on_told_to_wait;
  std::function<void(const Exchanged&)> on_exchanged;
  /// Each request that reached the service, with what it answered.
  std::function<void(const net::HttpRequest&, const std::string& body, int status)> on_delivered;
  /// Requests for tokens under way now and the most there ever were at a time.
  int logins_now = 0, logins_most = 0;
  std::uint64_t submitted = 0;

 private:
  struct Flight {
    net::HttpRequest request;
    DoneCallback done;
    base::Instant began;
  };
  enum class Fate {
    clean,
    refused,
    lost_request,
    lost_answer,
    late_effect,
    cut_answer,
    repeated,
    server_error,
    error_after,
    too_many,
    unauthorized,
    login_page,
    stalled,
    too_long
  };
  Fate draw_fate(const net::HttpRequest& request);
  void fly(std::uint64_t id, Fate fate);
  net::HttpOutcome arrive(const net::HttpRequest& request, Fate fate);
  base::Result<net::HttpResponse> deliver(const net::HttpRequest& request);
  base::Result<std::string> body_of(const net::HttpRequest& request);
  base::Millis time_for(const net::HttpRequest& request) const;
  void come_back(std::uint64_t id, net::HttpOutcome outcome,
                 const std::optional<base::Path>& save_to);
  void land(std::uint64_t id, net::HttpOutcome outcome, const char* befell);
  void turn_until(base::Instant now);

  DeviceLoop& loop_;
  Schedule& schedule_;
  DeviceClock& clock_;
  platform::FileSystem& files_;
  net::sandbox::Sandbox& sandbox_;
  platform::Random random_;
  std::map<std::uint64_t, Flight> flights_;
  std::set<std::uint64_t> landed_;  ///< at the machine, and not told yet
  std::uint64_t last_ = 0;
  enum class Wire { up, down } wire_ = Wire::up;
  base::Instant turns_at_{};
};

}  // namespace fieldsync::sim
