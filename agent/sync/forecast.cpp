#include "agent/sync/forecast.h"

#include <algorithm>
#include <cmath>

#include "agent/sync/tuning.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::Millis;

namespace {

std::string counted(int number, const char* one, const char* many) {
  return std::to_string(number) + " " + (number == 1 ? one : many);
}

/// What the bytes need: a part that is cut is sent again, on average (e^x - 1)/x of its time with x
/// = its time over the link's life.
Millis time_of_bytes(const Backlog& backlog, const LinkModel& link) {
  const auto plain = static_cast<double>(link.time_for(backlog.bytes).count());
  const auto part =
      static_cast<double>(link.time_for(std::min(backlog.bytes, link.part_size())).count());
  const double x = std::min(part / static_cast<double>(link.life().count()), tuning::kHopeless);
  const double again = x > 0 ? std::expm1(x) / x : 1;
  return Millis{static_cast<std::int64_t>(plain * again)};
}

Millis time_of_calls(const Backlog& backlog, int calls_an_hour) {
  if (calls_an_hour <= 0) return Millis{0};
  const std::int64_t calls = std::int64_t{backlog.small} * tuning::kCallsPerEdit +
                             std::int64_t{backlog.files} * tuning::kCallsPerFile;
  // The first hour's calls are there at once.
  const std::int64_t beyond = std::max<std::int64_t>(0, calls - calls_an_hour);
  return Millis{beyond * 3'600'000 / calls_an_hour};
}

}  // namespace

Forecast forecast(const Backlog& backlog, const LinkModel& link, int calls_an_hour) {
  Forecast made;
  const std::string least = backlog.counted == Backlog::Counted::not_all ? "at least " : "";
  if (backlog.small > 0) made.words = least + counted(backlog.small, "edit", "edits") + " now";
  if (backlog.files == 0) {
    made.files_in = Millis{0};
    if (made.words.empty()) made.words = "nothing waits to be sent";
    return made;
  }
  if (!made.words.empty()) made.words += ", ";
  made.words += least + counted(backlog.files, "file", "files") + " (" +
                base::bytes_to_human(backlog.bytes) + ")";
  if (link.rate() <= 0) {
    made.words += "; how long they take is known once one of some size went through";
    return made;
  }
  made.files_in = std::max(time_of_bytes(backlog, link), time_of_calls(backlog, calls_an_hour));
  made.words += " in about " + base::to_human(*made.files_in) + " if the link stays";
  return made;
}

}  // namespace fieldsync::sync
