#include "tests/bench/figures.h"

#include <algorithm>
#include <cstdio>

namespace fieldsync::bench {
namespace {

bool is_met(const Figure& figure) {
  switch (figure.aim) {
    case Aim::ratio_at_most:
    case Aim::at_most:
      return figure.value <= figure.limit;
    case Aim::ratio_at_least:
      return figure.value >= figure.limit;
    case Aim::none:
      return true;
  }
  return false;
}

bool is_ratio(const Figure& figure) {
  return figure.aim == Aim::ratio_at_most || figure.aim == Aim::ratio_at_least;
}

std::string verdict(const Figure& figure) {
  if (figure.aim == Aim::none) return "";
  if (is_met(figure)) return "ok";
  return is_ratio(figure) ? "FAILED" : "missed";
}

std::string with_unit(double value, const std::string& unit) {
  char text[64];
  std::snprintf(text, sizeof text, value < 100 ? "%.2f %s" : "%.0f %s", value, unit.c_str());
  return text;
}

std::string aim_text(const Figure& figure) {
  if (figure.aim == Aim::none) return "";
  const char* word = figure.aim == Aim::ratio_at_least ? "at least " : "at most ";
  char number[32];
  std::snprintf(number, sizeof number, "%g", figure.limit);
  return word + std::string(number);
}

std::string line_of(const Figure& figure) {
  char line[160];
  std::snprintf(line, sizeof line, "%-34s %16s  %-14s %-7s ", figure.name.c_str(),
                with_unit(figure.value, figure.unit).c_str(), aim_text(figure).c_str(),
                verdict(figure).c_str());
  return line + figure.detail;
}

}  // namespace

void Figures::add_ratio(const std::string& name, const Ratio& ratio, double limit,
                        const std::string& detail) {
  char spread[64];
  std::snprintf(spread, sizeof spread, "; %.2f to %.2f within the run", ratio.lowest,
                ratio.highest);
  add({name, ratio.value, "x", Aim::ratio_at_most, limit, detail + spread});
}

void Figures::add_failure(const std::string& name, const std::string& why) {
  broken_.push_back({name, 0, "", Aim::none, 0, why});
}

int Figures::failed() const {
  const auto missed = std::count_if(all_.begin(), all_.end(), [](const Figure& figure) {
    return is_ratio(figure) && !is_met(figure);
  });
  return static_cast<int>(missed) + static_cast<int>(broken_.size());
}

void Figures::print(std::ostream& out) const {
  int passed = 0;
  for (const Figure& figure : all_) {
    out << line_of(figure) << "\n";
    if (figure.aim != Aim::none && is_met(figure)) ++passed;
  }
  for (const Figure& figure : broken_) {
    out << figure.name << "  FAILED  " << figure.detail << "\n";
  }
  out << passed << " passed, " << failed() << " failed" << std::endl;
}

void Figures::print_new(std::ostream& out) {
  for (; printed_ < all_.size(); ++printed_) out << "  " << line_of(all_[printed_]) << std::endl;
}

Figures& figures() {
  static Figures all;
  return all;
}

}  // namespace fieldsync::bench
