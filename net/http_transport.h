#pragma once

#include <cstdint>
#include <functional>

#include "net/http.h"

namespace fieldsync::net {

enum class ExchangeId : std::uint64_t {};

/// Carries requests out. The real one is curl on a thread of its own; the simulator has another.
class HttpTransport {
 public:
  using DoneCallback = std::function<void(HttpOutcome)>;
  /// So far sent and received bytes of a running exchange; called on the loop now and then, and
  /// when the last byte of the body was given to the system.
  using ProgressCallback = std::function<void(ByteCount sent, ByteCount received)>;
  virtual ~HttpTransport() = default;
  /// Starts the exchange; `done` is called exactly once, on the loop, unless cancelled. Redirects
  /// are never followed. Loop thread only.
  virtual ExchangeId submit(HttpRequest request, DoneCallback done,
                            ProgressCallback progress = nullptr) = 0;
  /// A request to the host of `url` will follow soon: a transport that can opens a connection to it
  /// meanwhile. Nothing is told of how that went. Loop thread only.
  virtual void open_ahead(const std::string& url) { (void)url; }
  /// Ends the exchange; its callbacks are not called any more. Loop thread only.
  virtual void cancel(ExchangeId exchange) = 0;
};

}  // namespace fieldsync::net
