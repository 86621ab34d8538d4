#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http.h"
#include "net/http_server.h"
#include "platform/base/types.h"
#include "platform/base/value.h"

/// Requests and replies of the sandbox as values, and the shapes its replies take.
namespace fieldsync::net::sandbox {

using base::Document;
using base::List;
using base::Millis;
using base::Value;

struct Request {
  Method method = Method::get;
  std::string path;   ///< decoded, begins with '/'
  std::string query;  ///< raw, without '?'
  Headers headers;
  std::string body;  ///< empty for requests to the storage origin: those are streamed
};

/// Same contract as ServerRequest::read_body.
using BodyReader = std::function<bool(const std::function<bool(std::string_view piece)>& take)>;
/// Reads `bytes` in pieces of at most 64 KiB: for callers that hold a body in memory.
BodyReader read_from(std::string bytes);

struct Reply {
  HttpResponse response;
  Fate fate = Fate::answer;
  /// How long the caller waits before it passes this on. Whatever the request did is done by then.
  Millis delay{0};
};

/// The query of a request: names and values decoded, in order.
class Params {
 public:
  explicit Params(std::string_view query);
  const std::string* find(std::string_view name) const;
  /// "" when absent.
  std::string text(std::string_view name) const;
  /// `name[]` repeated, or `name` holding one value, a comma list or a JSON array
  /// (facts/procore-api.md 5.1).
  std::vector<std::string> list(std::string_view name) const;
  /// Nothing, or the number; text that is no number reads as `otherwise`.
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return pairs_; }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

Reply json_reply(int status, const Value& body);
Reply empty_reply(int status);
Reply text_reply(int status, std::string_view content_type, std::string body);

/// Error bodies come in several shapes (facts/procore-api.md 6.2); each helper is one of them.
Reply field_error(int status, std::string_view field, std::string_view message);
Reply list_error(int status, std::string_view message);
Reply text_error(int status, std::string_view message);
Reply base_error(int status, std::string_view field, std::string_view message);
Reply message_error(int status, std::string_view message, std::string_view error);
Reply code_error(int status, std::string_view message, std::string_view reason);
Reply reason_error(int status, std::string_view reason_code, std::string_view message);
/// The storage origin speaks XML.
Reply xml_error(int status, std::string_view code, std::string_view message);

}  // namespace fieldsync::net::sandbox
