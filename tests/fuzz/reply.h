#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "net/http.h"
#include "tests/fuzz/target.h"

namespace fieldsync::fuzz {

/// An answer of a service as its corpus has it: the status, a line for each header, an empty line,
/// the body. Without a status it is 200; a line without a colon is a header without a value.
inline net::HttpResponse reply_of(std::string_view input) {
  const auto line = [&] {
    const std::string_view found = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(found.size() + 1, input.size()));
    return found;
  };
  net::HttpResponse reply;
  const std::string_view status = line();
  reply.status = 200;
  std::from_chars(status.data(), status.data() + status.size(), reply.status);
  for (std::string_view header = line(); !header.empty(); header = line()) {
    const std::size_t colon = std::min(header.find(": "), header.size());
    reply.headers.add(std::string(header.substr(0, colon)),
                      std::string(header.substr(std::min(colon + 2, header.size()))));
  }
  reply.body = input;
  return reply;
}

}  // namespace fieldsync::fuzz
