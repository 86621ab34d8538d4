#include "platform/base/time_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace fieldsync::base {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Four digits of year are all the forms here can hold; beyond them the nearest end is written.
constexpr WallTime kFirst{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}.time_since_epoch()};
constexpr WallTime kLast{
    std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}.time_since_epoch() - Millis{1}};

struct Parts {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millis = 0;
};

Parts parts_of(WallTime at) {
  const auto clamped = std::clamp(at, kFirst, kLast).since_epoch;
  const auto day = std::chrono::floor<days>(clamped);
  const std::chrono::year_month_day date{std::chrono::sys_days{day}};
  const std::chrono::hh_mm_ss time{clamped - day};
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(time.hours().count()),
          static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count()),
          static_cast<int>(time.subseconds().count())};
}

template <class... Values>
std::string formatted(const char* format, Values... values) {
  std::array<char, 96> buffer{};
  const int size = std::snprintf(buffer.data(), buffer.size(), format, values...);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

/// Reads a text from left to right; the first mismatch spoils the rest.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

  bool next_is(char c) const { return ok_ && !rest_.empty() && rest_.front() == c; }
  void literal(std::string_view expected) {
    ok_ = ok_ && rest_.starts_with(expected);
    if (ok_) rest_.remove_prefix(expected.size());
  }
  /// Exactly `digits` digits with a value in [low, high].
  int number(int digits, int low, int high) {
    int value = 0;
    for (int i = 0; i < digits; ++i) value = value * 10 + digit();
    ok_ = ok_ && value >= low && value <= high;
    return value;
  }
  /// One to nine digits after the point; thousandths are kept, the rest cut off.
  int fraction_millis() {
    int value = 0;
    int count = 0;
    while (ok_ && !rest_.empty() && is_digit(rest_.front())) {
      const int next = digit();
      if (count < 3) value = value * 10 + next;
      ++count;
    }
    ok_ = ok_ && count >= 1 && count <= 9;
    for (; count < 3; ++count) value *= 10;
    return value;
  }
  /// The index of the name that comes next.
  template <std::size_t N>
  int one_of(const std::array<std::string_view, N>& names) {
    for (std::size_t i = 0; ok_ && i < N; ++i) {
      if (!rest_.starts_with(names[i])) continue;
      rest_.remove_prefix(names[i].size());
      return static_cast<int>(i);
    }
    ok_ = false;
    return 0;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  int digit() {
    ok_ = ok_ && !rest_.empty() && is_digit(rest_.front());
    if (!ok_) return 0;
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }
  std::string_view rest_;
  bool ok_ = true;
};

std::optional<std::chrono::sys_days> day_of(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

std::optional<std::chrono::sys_days> scan_date(Scanner& scan) {
  const int year = scan.number(4, 0, 9999);
  scan.literal("-");
  const int month = scan.number(2, 1, 12);
  scan.literal("-");
  const int day = scan.number(2, 1, 31);
  if (!scan.ok()) return std::nullopt;
  return day_of(year, month, day);
}

Millis scan_time_of_day(Scanner& scan) {
  const hours hour{scan.number(2, 0, 23)};
  scan.literal(":");
  const minutes minute{scan.number(2, 0, 59)};
  scan.literal(":");
  const seconds second{scan.number(2, 0, 59)};
  return hour + minute + second;
}

Millis scan_offset(Scanner& scan) {
  if (scan.next_is('Z')) {
    scan.literal("Z");
    return Millis{0};
  }
  const int sign = scan.next_is('-') ? -1 : 1;
  scan.literal(sign < 0 ? "-" : "+");
  const hours hour{scan.number(2, 0, 23)};
  scan.literal(":");
  const minutes minute{scan.number(2, 0, 59)};
  return sign * (hour + minute);
}

constexpr std::array<std::string_view, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string to_iso_seconds(WallTime at) {
  const Parts p = parts_of(at);
  return formatted("%04d-%02d-%02dT%02d:%02d:%02dZ", p.year, p.month, p.day, p.hour, p.minute,
                   p.second);
}

std::string to_iso_millis(WallTime at) {
  const Parts p = parts_of(at);
  return formatted("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", p.year, p.month, p.day, p.hour, p.minute,
                   p.second, p.millis);
}

std::optional<WallTime> parse_iso(std::string_view text) {
  Scanner scan(text);
  const auto day = scan_date(scan);
  if (!day) return std::nullopt;
  scan.literal("T");
  Millis time = scan_time_of_day(scan);
  if (scan.next_is('.')) {
    scan.literal(".");
    time += Millis{scan.fraction_millis()};
  }
  const Millis offset = scan_offset(scan);
  if (!scan.ok() || !scan.at_end()) return std::nullopt;
  return WallTime{day->time_since_epoch() + time - offset};
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  Scanner scan(text);
  const int weekday = scan.one_of(kWeekdays);
  scan.literal(", ");
  const int day = scan.number(2, 1, 31);
  scan.literal(" ");
  const int month = scan.one_of(kMonths) + 1;
  scan.literal(" ");
  const int year = scan.number(4, 0, 9999);
  scan.literal(" ");
  const Millis time = scan_time_of_day(scan);
  scan.literal(" GMT");
  if (!scan.ok() || !scan.at_end()) return std::nullopt;
  const auto date = day_of(year, month, day);
  if (!date) return std::nullopt;
  // A weekday that does not fit tells that some other part of the date is wrong.
  if (std::chrono::weekday{*date}.c_encoding() != static_cast<unsigned>(weekday)) {
    return std::nullopt;
  }
  return WallTime{date->time_since_epoch() + time};
}

std::string to_http_date(WallTime at) {
  const Parts p = parts_of(at);
  const auto day = std::chrono::floor<days>(std::clamp(at, kFirst, kLast).since_epoch);
  const std::chrono::weekday weekday{std::chrono::sys_days{day}};
  return std::string(kWeekdays[weekday.c_encoding()]) + formatted(", %02d ", p.day) +
         std::string(kMonths[static_cast<std::size_t>(p.month - 1)]) +
         formatted(" %04d %02d:%02d:%02d GMT", p.year, p.hour, p.minute, p.second);
}

std::string to_iso_date(WallTime at, int offset_minutes) {
  const Parts p = parts_of(std::clamp(at, kFirst, kLast) + minutes{offset_minutes});
  return formatted("%04d-%02d-%02d", p.year, p.month, p.day);
}

bool is_iso_date(std::string_view text) { return parse_iso_date(text).has_value(); }

std::optional<WallTime> parse_iso_date(std::string_view text) {
  Scanner scan(text);
  const auto day = scan_date(scan);
  if (!day || !scan.at_end()) return std::nullopt;
  return WallTime{day->time_since_epoch()};
}

std::string to_human(Millis span) {
  const auto total = std::chrono::floor<seconds>(std::max(span, Millis{0}));
  if (total < minutes{1}) return formatted("%lld s", static_cast<long long>(total.count()));
  if (total < hours{1}) return formatted("%lld min", static_cast<long long>(total / minutes{1}));
  if (total < days{2}) {
    return formatted("%lld h %02lld min", static_cast<long long>(total / hours{1}),
                     static_cast<long long>(total % hours{1} / minutes{1}));
  }
  return formatted("%lld d", static_cast<long long>(total / days{1}));
}

std::string bytes_to_human(ByteCount bytes) {
  if (bytes > -1000 && bytes < 1000) return formatted("%lld B", static_cast<long long>(bytes));
  static constexpr std::array<const char*, 6> kUnits = {"kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  // 999,950 bytes would print as "1000.0 kB": the next unit begins where rounding reaches it.
  while (unit + 1 < kUnits.size() && (value >= 999.95 || value <= -999.95)) {
    value /= 1000;
    ++unit;
  }
  return formatted("%.1f %s", value, kUnits[unit]);
}

}  // namespace fieldsync::base
