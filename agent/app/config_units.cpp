#include "agent/app/config_units.h"

#include <array>
#include <cstdint>
#include <utility>

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

/// 0 for "mon" to 6 for "sun".
std::optional<int> parse_day(std::string_view text) {
  constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  for (int day = 0; day < 7; ++day) {
    if (kDays[static_cast<std::size_t>(day)] == text) return day;
  }
  return std::nullopt;
}

/// "18:00" in minutes; "24:00" is the day's end.
std::optional<int> parse_minute(std::string_view text) {
  const bool has_form = text.size() == 5 && text[2] == ':' && is_digit(text[0]) &&
                        is_digit(text[1]) && is_digit(text[3]) && is_digit(text[4]);
  if (!has_form) return std::nullopt;
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour * 60 + minute > 24 * 60) return std::nullopt;
  return hour * 60 + minute;
}

/// The two ends of "a-b"; twice the same of "a".
std::pair<std::string_view, std::string_view> ends_of(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return {text, text};
  return {text.substr(0, dash), text.substr(dash + 1)};
}

std::optional<std::uint8_t> parse_days(std::string_view text) {
  const auto [from, to] = ends_of(text);
  const auto first = parse_day(from);
  const auto last = parse_day(to);
  if (!first || !last) return std::nullopt;
  std::uint8_t days = 0;
  for (int day = *first;; day = (day + 1) % 7) {
    days = static_cast<std::uint8_t>(days | 1 << day);
    if (day == *last) return days;
  }
}

}  // namespace

std::optional<sync::WeekSpan> parse_week_span(std::string_view text) {
  text = base::trimmed(text);
  sync::WeekSpan span;
  std::string_view hours = text;
  if (!text.empty() && !is_digit(text.front())) {
    const std::size_t space = text.find(' ');
    const auto days = parse_days(text.substr(0, space));
    if (!days) return std::nullopt;
    span.days = *days;
    if (space == std::string_view::npos) return span;
    hours = base::trimmed(text.substr(space + 1));
  }
  const auto [from, to] = ends_of(hours);
  const auto begins = parse_minute(from);
  const auto ends = parse_minute(to);
  if (!begins || !ends || *begins == 24 * 60 || *begins == *ends) return std::nullopt;
  span.from_minute = *begins;
  span.to_minute = *ends;
  return span;
}

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
