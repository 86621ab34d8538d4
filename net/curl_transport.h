#pragma once

#include <memory>

#include "net/http_transport.h"
#include "platform/host.h"

namespace fieldsync::net {

struct CurlOptions {
  base::Millis connect_max{15'000};
  /// No byte in either direction for this long ends an exchange; there is no limit on total time,
  /// a large photo on a slow link is no failure.
  base::Millis stall_max{30'000};
  int connections_per_host_max = 4;
  Path ca_file;  ///< empty: the system's
  std::string user_agent = "fieldsync";
  /// Request bodies longer than this are compressed where the service announced it (RFC 7694).
  ByteCount compress_from = 1'024;
};

/// libcurl's multi interface on one thread of its own: HTTP/2, keep-alive, compressed answers.
/// Refuses plain http except to loopback addresses (see request_check.h). Callbacks come through
/// `host.loop`; files are read and written on the transport's thread through `host.files`. A
/// request with a body is never repeated by itself, also not on a connection that turned out dead.
/// While nothing runs the thread sleeps and nothing wakes it.
class CurlTransport final : public HttpTransport {
 public:
  CurlTransport(const platform::Host& host, CurlOptions options);
  ~CurlTransport() override;  ///< cancels what runs and joins the thread
  ExchangeId submit(HttpRequest request, DoneCallback done,
                    ProgressCallback progress = nullptr) override;
  /// Asks for the root of the host, without a token; any answer will do.
  void open_ahead(const std::string& url) override;
  void cancel(ExchangeId exchange) override;
  /// Of requests that begin from now on, each by itself; 0: unlimited. Loop thread only.
  void limit_sending(ByteCount bytes_per_second);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fieldsync::net
