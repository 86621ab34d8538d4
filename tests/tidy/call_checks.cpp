#include <array>
#include <cctype>
#include <string_view>

#include "tests/tidy/checks.h"

namespace fieldsync::tidy {
namespace {

enum class InTests { banned, allowed };

struct BannedCall {
  std::string_view call;
  InTests in_tests;
  std::string_view instead;
};
constexpr auto kBanned = std::to_array<BannedCall>({
    {"system_clock::now", InTests::banned, "take a Clock&"},
    {"steady_clock::now", InTests::banned, "take a Clock&"},
    {"high_resolution_clock::now", InTests::allowed, "take a Clock&"},
    {"std::time(", InTests::banned, "take a Clock&"},
    {"time(nullptr)", InTests::banned, "take a Clock&"},
    {"rand(", InTests::allowed, "take a Random&"},
    {"random_device", InTests::allowed, "take a Random&"},
    {"mt19937", InTests::allowed, "take a Random&"},
    {"sleep_for", InTests::allowed, "use EventLoop::call_at"},
    {"sleep_until", InTests::allowed, "use EventLoop::call_at"},
    {"usleep(", InTests::allowed, "use EventLoop::call_at"},
    {"sleep(", InTests::allowed, "use EventLoop::call_at"},
    {"getenv(", InTests::allowed, "use platform::environment"},
});

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

Findings check_banned_calls(const Source& source) {
  Findings findings;
  if (!source.is_cpp() || source.in("platform/posix/") || source.in("platform/windows/")) {
    return findings;
  }
  const std::string& code = source.code();
  for (const BannedCall& banned : kBanned) {
    if (banned.in_tests == InTests::allowed && source.in("tests/")) continue;
    for (auto at = code.find(banned.call); at != std::string::npos;
         at = code.find(banned.call, at + 1)) {
      const std::size_t end = at + banned.call.size();
      if (at > 0 && is_word(code[at - 1])) continue;
      if (is_word(banned.call.back()) && end < code.size() && is_word(code[end])) continue;
      findings.push_back({source.path(), source.line_of(at),
                          std::string(banned.call) + ": " + std::string(banned.instead)});
    }
  }
  return findings;
}

}  // namespace fieldsync::tidy
