#include "tests/fuzz/mutator.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace fieldsync::fuzz {
namespace {

using namespace std::string_view_literals;

/// Bytes and words that parsers stumble over: ends of ranges, brackets, escapes, half characters.
constexpr auto kWords = std::to_array<std::string_view>({
    "\0"sv,
    "\xFF",
    "\x7F",
    "\x80",
    "\xC2",
    "\xED\xA0\x80",
    "\xEF\xBF\xBD",
    "\r\n",
    "\n\n",
    " ",
    "..",
    "/",
    "\\",
    "%",
    "%2F",
    "\"",
    "'",
    "<",
    ">",
    "&#x10FFFF;",
    "&",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    ";",
    "=",
    "-",
    "0",
    "-1",
    "1e400",
    "0.1",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "4294967296",
    "null",
    "true",
    "{}",
    "[]",
    "\"\"",
    "[[[[[[[[",
    "{\"id\":",
    "\"id\":1,",
    "\\u0000",
    "\\ud800",
    "\\\"",
    "http://",
    "https://x@y/",
    "CON",
    "NUL.",
});

}  // namespace

std::size_t Mutator::place(const std::string& input) { return random_.below(input.size() + 1); }

void Mutator::change(std::string& input) {
  const std::size_t at = place(input);
  const std::size_t longest = random_.chance(0.9) ? 16 : 1024;
  const std::size_t length = std::min(random_.below(longest) + 1, input.size() - at);
  switch (random_.below(8)) {
    case 0:
      if (length > 0) input[at] = static_cast<char>(input[at] ^ (1 << random_.below(8)));
      break;
    case 1:
      if (length > 0) input[at] = static_cast<char>(random_.below(256));
      break;
    case 2:
      input.insert(at, kWords[random_.below(kWords.size())]);
      break;
    case 3: {
      const std::string_view word = kWords[random_.below(kWords.size())];
      input.replace(at, std::min(word.size(), input.size() - at), word);
      break;
    }
    case 4:
      input.erase(at, length);
      break;
    case 5: {
      const std::string piece = input.substr(at, length);
      const std::uint64_t times = random_.chance(0.9) ? random_.below(4) : random_.below(400);
      for (std::uint64_t i = 0; i < times && input.size() < kInputBytesMax; ++i) {
        input.insert(at, piece);
      }
      break;
    }
    case 6: {
      const std::string piece = input.substr(at, length);
      input.insert(place(input), piece);
      break;
    }
    default: {
      const std::string& other = corpus_[random_.below(corpus_.size())];
      const std::size_t from = place(other);
      input.replace(at, length, other.substr(from, random_.below(64)));
    }
  }
}

std::string Mutator::mutated(std::string input) {
  const std::int64_t changes = random_.between(1, 8);
  for (std::int64_t i = 0; i < changes; ++i) change(input);
  if (input.size() > kInputBytesMax) input.resize(kInputBytesMax);
  return input;
}

}  // namespace fieldsync::fuzz
