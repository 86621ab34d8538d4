#include "net/adapters/procore_errors.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "net/adapters/procore_paths.h"
#include "net/adapters/procore_text.h"
#include "net/adapters/tuning.h"
#include "net/on_the_way.h"
#include "platform/base/json.h"
#include "platform/base/text.h"
#include "platform/base/time_text.h"

namespace fieldsync::net::procore {
namespace {

using base::Cause;
using base::Document;
using base::Failure;
using base::Field;
using base::List;
using base::Result;
using base::Value;

/// Keys that wrap words without adding to them; any other key is the name of a field.
bool is_wrapper(std::string_view key) {
  static constexpr std::array<std::string_view, 10> kWrappers{
      "errors", "error",   "message", "messages",    "base",
      "fields", "details", "reason",  "reason_code", "error_description"};
  return std::find(kWrappers.begin(), kWrappers.end(), key) != kWrappers.end();
}

/// Collects the words in an error body, each once.
class Words {
 public:
  void collect(const Value& value, const std::string& field, int depth) {
    if (depth > tuning::kErrorDepthMax || bytes_ > tuning::kServiceWordsBytesMax) return;
    if (const std::string* text = value.as_text()) {
      add(field, *text);
    } else if (const List* list = value.as_list()) {
      for (const Value& item : *list) collect(item, field, depth + 1);
    } else if (const Document* document = value.as_document()) {
      for (const Field& each : *document) {
        const bool names_field = !is_wrapper(each.name) && each.name != "code";
        collect(each.value, names_field ? each.name : field, depth + 1);
      }
    }
  }

  std::string joined() const {
    std::string all;
    for (const std::string& line : lines_) all += (all.empty() ? "" : "; ") + line;
    return all;
  }

 private:
  void add(const std::string& field, std::string_view text) {
    text = base::trimmed(text);
    if (text.empty()) return;
    std::string line = field.empty() ? std::string(text) : field + ": " + std::string(text);
    if (std::find(lines_.begin(), lines_.end(), line) != lines_.end()) return;
    bytes_ += line.size();
    lines_.push_back(std::move(line));
  }

  std::vector<std::string> lines_;
  std::size_t bytes_ = 0;
};

std::string words_of_json(const Value& body) {
  static constexpr std::array<std::string_view, 8> kKeys{
      "errors", "error",  "message", "error_description",
      "reason", "fields", "details", "reason_code"};
  Words words;
  const Document* document = body.as_document();
  if (document == nullptr) {
    words.collect(body, "", 0);
    return words.joined();
  }
  for (const std::string_view key : kKeys) {
    if (const Value* value = document->find(key)) words.collect(*value, "", 0);
  }
  return words.joined();
}

std::string between(std::string_view text, std::string_view open, std::string_view close) {
  const auto start = text.find(open);
  if (start == std::string_view::npos) return {};
  const auto from = start + open.size();
  const auto end = text.find(close, from);
  return end == std::string_view::npos ? std::string() : std::string(text.substr(from, end - from));
}

/// Storages answer in XML: <Error><Code>…</Code><Message>…</Message></Error>.
std::string words_of_text(std::string_view body, bool is_page) {
  if (is_page) {
    const std::string lower = base::to_lower_ascii(body);
    const auto start = lower.find("<title");
    const auto open = start == std::string::npos ? start : lower.find('>', start);
    const auto end = open == std::string::npos ? open : lower.find("</title", open);
    if (end == std::string::npos) return "a web page";
    return "a web page: " + comparable(body.substr(open + 1, end - open - 1));
  }
  const std::string code = between(body, "<Code>", "</Code>");
  const std::string message = between(body, "<Message>", "</Message>");
  if (!code.empty() || !message.empty()) {
    return code + (code.empty() || message.empty() ? "" : ": ") + message;
  }
  return std::string(body);
}

bool is_page(const HttpResponse& reply) {
  return looks_like_page(reply.body, reply.headers.text("Content-Type"));
}

bool mentions(std::string_view lower, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return lower.find(word) != std::string_view::npos;
  });
}

/// A write that names an upload which is not there, or not yet.
std::optional<Cause> named_upload_cause(std::string_view lower) {
  if (!mentions(lower, {"upload"})) return std::nullopt;
  if (mentions(lower, {"not complete", "not ready", "still processing"})) {
    return Cause::processing_at_service;
  }
  if (mentions(lower, {"expired", "does not exist", "not found", "no longer"})) {
    return Cause::upload_expired;
  }
  return std::nullopt;
}

/// 400 and 422: which rule the service names.
Cause rule_cause(int status, std::string_view lower) {
  if (mentions(lower, {"locked"})) return Cause::locked_by_workflow;
  if (const auto cause = named_upload_cause(lower)) return *cause;
  if (mentions(lower, {"file type", "unsupported media"})) return Cause::type_not_accepted;
  if (mentions(lower, {"required", "can't be blank", "cannot be blank", "can't be empty"})) {
    return Cause::field_required;
  }
  const bool moves = mentions(lower, {"status", "transition", "is a draft", "reopen", "revision"});
  return status == 422 && moves ? Cause::transition_refused : Cause::refused_by_service;
}

Cause forbidden_cause(const Where& where, std::string_view lower) {
  if (where.side == Side::storage) return Cause::upload_expired;
  if (mentions(lower, {"app is not connected", "not connected to this company"})) {
    return Cause::app_not_installed;
  }
  if (mentions(lower, {"access this project", "access to this project"})) {
    return Cause::project_gone;
  }
  const bool about_tool = mentions(lower, {"tool"});
  if (about_tool && mentions(lower, {"disabled", "not enabled", "not active", "inactive"})) {
    return Cause::tool_disabled;
  }
  return Cause::permission_missing;
}

Cause gone_cause(const Where& where, int status) {
  if (where.side != Side::api) return Cause::upload_expired;
  return status == 410 ? Cause::record_gone : where.missing;
}

/// A page with one of these statuses was not written by the API, so it says nothing about the
/// login, the permission or the record (promise P5).
bool page_stands_in_front(const HttpResponse& reply, const Where& where) {
  if (where.side == Side::storage || !is_page(reply)) return false;
  switch (reply.status) {
    case 401:
      return reply.headers.find("WWW-Authenticate") == nullptr;
    case 400:
    case 403:
    case 404:
    case 409:
    case 410:
    case 422:
      return true;
    default:
      return false;
  }
}

Cause client_error_cause(const HttpResponse& reply, const Where& where, std::string_view lower) {
  switch (reply.status) {
    case 400:
      if (where.side == Side::storage && mentions(lower, {"requesttimeout"})) return Cause::timeout;
      return rule_cause(reply.status, lower);
    case 401:
      return where.side == Side::storage ? Cause::upload_expired : Cause::login_required;
    case 403:
      return forbidden_cause(where, lower);
    case 404:
    case 410:
      return gone_cause(where, reply.status);
    case 407:
      return Cause::captive_portal;
    case 408:
      return Cause::timeout;
    case 409:
      return Cause::conflict;
    case 413:
      return Cause::file_too_large;
    case 422:
      return rule_cause(reply.status, lower);
    case 423:
      return Cause::locked_by_workflow;
    case 429:
      return Cause::rate_limited;
    default:
      return Cause::refused_by_service;
  }
}

Cause cause_of(const HttpResponse& reply, const Where& where, std::string_view lower) {
  if (page_stands_in_front(reply, where)) return Cause::captive_portal;
  if (reply.status >= 300 && reply.status < 400) {
    const bool leads_away = parse_url(reply.headers.text("Location")).has_value();
    return leads_away ? Cause::captive_portal : Cause::unexpected_answer;
  }
  if (reply.status >= 400 && reply.status < 500) return client_error_cause(reply, where, lower);
  if (reply.status == 503) return Cause::service_busy;
  if (reply.status == 511) return Cause::captive_portal;
  if (reply.status >= 500 && reply.status < 600) return Cause::service_error;
  return Cause::unexpected_answer;
}

/// Adapters have no clock: a `Retry-After` given as a date counts from the answer's own `Date`.
std::optional<base::Millis> wait_of(const Headers& headers) {
  const std::string* given = headers.find("Retry-After");
  if (given == nullptr) return std::nullopt;
  const auto at = base::parse_http_date(headers.text("Date"));
  const bool is_seconds = given->find_first_not_of("0123456789 ") == std::string::npos;
  if (!at && !is_seconds) return std::nullopt;
  return retry_after(headers, at.value_or(base::WallTime{}));
}

std::string capped(std::string_view text, std::size_t bytes_max) {
  const std::string line = base::printable(text.substr(0, 4 * bytes_max));
  return std::string(base::trimmed(base::utf8_prefix(line, bytes_max)));
}

}  // namespace

std::string service_words(const HttpResponse& reply) {
  std::string words;
  if (const auto body = base::parse_json(reply.body); body.ok()) {
    words = words_of_json(*body);
    if (words.empty() && reply.body.size() > 2) words = reply.body;
  } else {
    words = words_of_text(reply.body, is_page(reply));
  }
  return capped(words, tuning::kServiceWordsBytesMax);
}

Failure read_error(const HttpResponse& reply, const Where& where) {
  const std::string words = service_words(reply);
  Failure failure;
  failure.cause = cause_of(reply, where, base::to_lower_ascii(words));
  failure.what = std::string(where.doing) + ": HTTP " + std::to_string(reply.status);
  const bool tool_matters =
      failure.cause == Cause::permission_missing || failure.cause == Cause::tool_disabled;
  if (tool_matters && !where.tool.empty()) {
    failure.what = "tool " + std::string(where.tool) + ": " + failure.what;
  }
  if (!words.empty()) failure.what += ": " + words;
  if (const std::string* id = reply.headers.find(header::kRequestId)) {
    failure.what += " (request " + capped(*id, 64) + ")";
  }
  failure.wait_asked = wait_of(reply.headers);
  return failure;
}

Result<Value> read_json(const HttpResponse& reply, const Where& where) {
  if (!reply.is_success()) return read_error(reply, where);
  const std::string doing(where.doing);
  if (is_page(reply)) {
    return Failure{Cause::captive_portal, doing + ": HTTP " + std::to_string(reply.status) +
                                              " with " + service_words(reply)};
  }
  auto value = base::parse_json(reply.body);
  if (!value.ok()) return Failure{Cause::unexpected_answer, doing + ": " + value.failure().what};
  return value;
}

bool is_empty_success(const HttpResponse& reply) {
  return reply.is_success() && base::trimmed(reply.body).empty();
}

}  // namespace fieldsync::net::procore
