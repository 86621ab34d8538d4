#include "agent/cli/progress.h"

#include <algorithm>
#include <ostream>

namespace fieldsync::cli {
namespace {

constexpr int kBarCells = 20;

}  // namespace

std::string bar(std::int64_t done, std::int64_t total, int cells) {
  const double share = total > 0 ? static_cast<double>(std::clamp<std::int64_t>(done, 0, total)) /
                                       static_cast<double>(total)
                                 : 0.0;
  const auto filled = static_cast<std::size_t>(share * cells);
  return "[" + std::string(filled, '#') +
         std::string(static_cast<std::size_t>(cells) - filled, '-') + "]";
}

void Progress::show(const std::string& label, std::int64_t done, std::int64_t total) {
  if (around_.err_columns <= 0) return;
  std::string line = total > 0 ? bar(done, total, kBarCells) + " " : std::string();
  line += one_line(label);
  around_.err << "\r\x1B[K" << fit(line, around_.err_columns - 1) << std::flush;
  is_drawn_ = true;
}

void Progress::clear() {
  if (is_drawn_) around_.err << "\r\x1B[K" << std::flush;
  is_drawn_ = false;
}

}  // namespace fieldsync::cli
