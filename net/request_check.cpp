#include "net/request_check.h"

#include <algorithm>

#include "net/tuning.h"
#include "platform/base/text.h"

namespace fieldsync::net {
namespace {

using base::Cause;
using base::Failure;

/// RFC 9110 5.6.2: the letters of a header's name.
bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

std::string shown(std::string_view text) { return base::printable(base::utf8_prefix(text, 120)); }

Result<> check_form(const FormUpload& form) {
  for (const auto& [name, value] : form.fields) {
    if (!is_header_value(name)) {
      return Failure{Cause::unexpected_answer, "form field " + shown(name) + ": not a name"};
    }
  }
  if (!is_header_value(form.file_field) || !is_header_value(form.file_name)) {
    return Failure{Cause::unexpected_answer, shown(form.file_name) + ": not a name for a form"};
  }
  return {};
}

}  // namespace

Result<> check_sendable(const HttpRequest& request) {
  if (request.url.size() > tuning::kUrlBytesMax) {
    return Failure{Cause::unexpected_answer, shown(request.url) + "…: the URL is too long"};
  }
  const auto url = parse_url(request.url);
  if (!url) {
    return Failure{Cause::unexpected_answer, shown(request.url) + ": not a URL that can be used"};
  }
  if (url->scheme == "http" && !is_loopback(url->host)) {
    return Failure{Cause::tls_untrusted,
                   url->host + ": plain http is refused outside this machine"};
  }
  ByteCount header_bytes = 0;
  for (const auto& [name, value] : request.headers.all()) {
    if (!is_token(name) || !is_header_value(value)) {
      return Failure{Cause::unexpected_answer,
                     url->host + ": header " + shown(name) + " cannot be sent"};
    }
    header_bytes += static_cast<ByteCount>(name.size() + value.size());
  }
  if (header_bytes > tuning::kHeaderBytesMax) {
    return Failure{Cause::unexpected_answer, url->host + ": the headers are too long"};
  }
  if (const auto* form = std::get_if<FormUpload>(&request.body)) return check_form(*form);
  return {};
}

}  // namespace fieldsync::net
