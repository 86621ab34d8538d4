#include "agent/try/teller.h"

#include <cstdio>
#include <ostream>

#include "agent/cli/output.h"
#include "agent/cli/progress.h"
#include "platform/base/text.h"

namespace fieldsync::trial {

void Teller::say(const std::string& line) {
  char time[32];
  const auto tenths = static_cast<long long>(waiting_.elapsed().count() / 100);
  std::snprintf(time, sizeof time, "[%3lld.%lld s] ", tenths / 10, tenths % 10);
  plain(time + line);
}

void Teller::plain(const std::string& line) {
  clear();
  out_ << base::printable(line) << std::endl;
}

void Teller::progress(const std::string& label, std::int64_t done, std::int64_t total) {
  constexpr int kCells = 24;
  if (columns_ == 0) return;
  std::string text = "          " + base::printable(label);
  if (total > 0) text = "          " + cli::bar(done, total, kCells) + " " + base::printable(label);
  text = cli::fit(text, columns_ - 1);
  if (text == drawn_) return;
  out_ << "\r\x1B[K" << text << std::flush;
  drawn_ = std::move(text);
}

void Teller::clear() {
  if (drawn_.empty()) return;
  out_ << "\r\x1B[K" << std::flush;
  drawn_.clear();
}

}  // namespace fieldsync::trial
