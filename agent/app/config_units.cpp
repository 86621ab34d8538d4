#include "agent/app/config_units.h"

#include <array>
#include <cstdint>

#include "platform/base/text.h"

namespace fieldsync::app {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A decimal number in thousandths, and the rest of the text. Digits past the third are refused:
/// no amount here is meant that exactly.
struct Amount {
  std::int64_t thousandths = 0;
  std::string_view unit;
};

std::optional<Amount> split_amount(std::string_view text) {
  text = base::trimmed(text);
  std::size_t at = 0;
  std::int64_t whole = 0;
  while (at < text.size() && is_digit(text[at])) {
    if (at >= 15) return std::nullopt;
    whole = whole * 10 + (text[at++] - '0');
  }
  if (at == 0) return std::nullopt;
  std::int64_t part = 0;
  if (at < text.size() && text[at] == '.') {
    std::int64_t scale = 100;
    const std::size_t first = ++at;
    while (at < text.size() && is_digit(text[at])) {
      if (scale == 0) return std::nullopt;
      part += (text[at++] - '0') * scale;
      scale /= 10;
    }
    if (at == first) return std::nullopt;
  }
  return Amount{whole * 1'000 + part, base::trimmed(text.substr(at))};
}

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr std::array<Unit, 5> kSpans{
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 5> kSizes{
    {{"B", 1}, {"kB", 1'000}, {"MB", 1'000'000}, {"GB", 1'000'000'000}, {"TB", 1'000'000'000'000}}};

template <class Units>
std::optional<std::int64_t> scaled(std::string_view text, const Units& units, std::int64_t max) {
  const auto amount = split_amount(text);
  if (!amount) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name != amount->unit) continue;
    // Compared before multiplied: the product of two hostile numbers need not fit.
    if (amount->thousandths > max / unit.factor * 1'000) return std::nullopt;
    return amount->thousandths / 1'000 * unit.factor +
           amount->thousandths % 1'000 * unit.factor / 1'000;
  }
  return std::nullopt;
}

}  // namespace

std::optional<base::Millis> parse_span(std::string_view text) {
  const auto millis = scaled(text, kSpans, std::int64_t{366} * 86'400'000);
  if (!millis) return std::nullopt;
  return base::Millis{*millis};
}

std::optional<base::ByteCount> parse_size(std::string_view text) {
  return scaled(text, kSizes, 1'000'000'000'000'000);
}

std::optional<base::ByteCount> parse_rate(std::string_view text) {
  text = base::trimmed(text);
  if (!text.ends_with("/s")) return std::nullopt;
  return parse_size(text.substr(0, text.size() - 2));
}

}  // namespace fieldsync::app
