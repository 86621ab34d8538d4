#pragma once

#include <memory>
#include <string>

#include "agent/try/waiting.h"
#include "net/http.h"
#include "platform/base/value.h"

namespace fieldsync::trial {

/// The sandbox's control origin, called from outside (net/sandbox/control.h has the requests).
/// Blocking; one thread. A refusal is a Failure with the sandbox's own words.
class SandboxControl {
 public:
  /// `url` as the sandbox announces it: http, loopback.
  explicit SandboxControl(std::string url);
  ~SandboxControl();

  Result<Value> get(const std::string& path);
  Result<Document> post(const std::string& path, const Document& body);
  Result<> clear_faults();

  enum class Link { up, down };
  Result<> set_link(Link link);
  /// {id} of what the office made or changed.
  Result<std::int64_t> office(const Document& command);
  /// Rows of a list, for /ledger, /records and /requests.
  Result<base::List> rows(const std::string& path);
  /// Publishes the file as a new drawing. Returns its revision's id.
  Result<std::int64_t> publish_drawing(const std::string& number, const std::string& title,
                                       const Path& pdf, ByteCount size);

 private:
  Result<Value> exchange(net::HttpRequest request);
  struct Wire;
  std::string url_;
  std::unique_ptr<Wire> wire_;
};

}  // namespace fieldsync::trial
