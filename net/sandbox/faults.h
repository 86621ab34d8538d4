#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/sandbox/exchange.h"

/// Faults by rule, set at the control port. Rules live in memory: a restart heals.
///
///   {"match": "POST /rest/v1.0/images", "regex": false, "origin": "api|login|storage",
///    "skip": 2, "count": 1, "action": "status", "status": 503, "body": …, "shape": …,
///    "headers": {…}, "millis": 500, "bytes": 1000}
namespace fieldsync::net::sandbox {

enum class FaultAction {
  status,       ///< `status` with `body` (or one of 6.2's by `shape`) and `headers`; no effect
  drop_before,  ///< no effect, no answer
  drop_after,   ///< takes effect, no answer
  cut_in_body,  ///< takes effect, half of the answer
  truncate,     ///< takes effect, half of the body in a well-formed answer
  login_page,   ///< a portal's HTML with status 200; no effect
  delay,        ///< takes effect, answered `millis` later; other rules apply as well
  cut_upload,   ///< storage: the connection ends after `bytes` of the body
};

struct FaultRule {
  std::int64_t id = 0;
  std::string origin;  ///< empty: any
  std::string match;   ///< in "METHOD /path?query"; empty: all
  bool regex = false;
  std::int64_t skip = 0;   ///< matching requests let through first
  std::int64_t count = 1;  ///< times it strikes; -1: always
  FaultAction action = FaultAction::status;
  int status = 500;
  std::string shape;
  std::optional<std::string> body;
  Headers headers;
  Millis delay{0};
  std::int64_t bytes = 0;
};

/// What befalls one request.
struct Strike {
  std::optional<FaultRule> rule;  ///< other than delay
  Millis delay{0};
};

class Faults {
 public:
  /// The new rule's id, or why it was refused.
  std::variant<std::int64_t, std::string> add(const Document& rule);
  void clear() { rules_.clear(); }
  List shown() const;
  /// Counts the request against every rule that matches; the first that strikes wins.
  Strike strike(std::string_view origin, Method method, std::string_view target);

  /// Read without a lock while an upload is under way.
  std::atomic<bool> link_up = true;

 private:
  std::vector<FaultRule> rules_;
  std::int64_t next_ = 1;
};

/// The answer of a `status` or `login_page` rule.
Reply faulty_reply(const FaultRule& rule);
/// Applies drop_after, cut_in_body and truncate to a finished reply.
void spoil(Reply& reply, const FaultRule& rule);

}  // namespace fieldsync::net::sandbox
