#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "platform/base/result.h"
#include "platform/base/types.h"

/// HTTP as values. Nothing here does I/O.
namespace fieldsync::net {

using base::ByteCount;
using base::Path;
using base::Result;

enum class Method { get, post, put, patch, del };
std::string_view name(Method method);

/// Headers in order; names compared without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> list) : list_(list) {}
  void add(std::string name, std::string value);
  /// The first value under that name, or nullptr.
  const std::string* find(std::string_view name) const;
  std::string text(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return list_; }

 private:
  std::vector<std::pair<std::string, std::string>> list_;
};

/// A stretch of a file, sent from disk as it is read.
struct FileSlice {
  Path path;
  ByteCount offset = 0;
  ByteCount size = 0;
};

/// A form upload: every field in order, the file last (facts/procore-api.md 7.2).
struct FormUpload {
  std::vector<std::pair<std::string, std::string>> fields;
  std::string file_field = "file";
  std::string file_name;
  FileSlice file;
};

/// Whether the service's token goes along. The token is added by the sender of the request, and
/// only when the URL's host belongs to the service.
enum class Auth { none, bearer };

struct HttpRequest {
  Method method = Method::get;
  std::string url;
  Headers headers;
  std::variant<std::monostate, std::string, FileSlice, FormUpload> body;
  Auth auth = Auth::none;
  /// The body of a 2xx answer goes to this new file instead of memory.
  std::optional<Path> save_to;
  /// A longer answer is cut off and fails.
  ByteCount answer_bytes_max = 32 << 20;
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;
  bool is_success() const { return status >= 200 && status < 300; }
};

/// Whether a request without an answer may have taken effect.
enum class Reach { never_left, may_have_arrived };

/// How one exchange ended. `response` fails with offline, timeout, tls_untrusted or
/// unexpected_answer (cut short, too long) when there is no whole answer.
struct HttpOutcome {
  Result<HttpResponse> response;
  Reach reach = Reach::may_have_arrived;
  ByteCount bytes_sent = 0;
  ByteCount bytes_received = 0;
  base::Millis took{0};
};

struct Url {
  std::string scheme;
  std::string host;   ///< lower case
  int port = 0;       ///< 0: the scheme's own
  std::string path;   ///< begins with '/'
  std::string query;  ///< without '?'
};
/// Nothing unless it is an http or https URL with a host.
std::optional<Url> parse_url(std::string_view text);
/// Resolves a Location header against the URL it came from.
std::string resolve_url(std::string_view base_url, std::string_view location);
/// Whether `host` is `domain` or ends in `.domain`: on a dot boundary, never by plain suffix.
bool is_under_domain(std::string_view host, std::string_view domain);
bool is_loopback(std::string_view host);

/// Builds "name=value&…" with both sides encoded.
class Query {
 public:
  Query& add(std::string_view name, std::string_view value);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// `Link` header, RFC 8288: the target with that rel; nothing when absent or malformed.
std::optional<std::string> link_target(std::string_view header, std::string_view rel);
/// `Retry-After` as seconds or as a date, relative to `now`; nothing when absent or malformed.
/// Clamped to a day.
std::optional<base::Millis> retry_after(const Headers& headers, base::WallTime now);

}  // namespace fieldsync::net
