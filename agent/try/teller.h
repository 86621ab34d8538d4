#pragma once

#include <iosfwd>
#include <string>

#include "agent/try/waiting.h"

namespace fieldsync::trial {

/// Says what happens, as it happens: a line per event with the seconds since the start, and on a
/// terminal a last line that moves.
class Teller {
 public:
  /// `columns` of the terminal on `out`; 0: none, no moving line.
  Teller(std::ostream& out, int columns, const Waiting& waiting)
      : out_(out), columns_(columns), waiting_(waiting) {}
  ~Teller() { clear(); }
  Teller(const Teller&) = delete;
  Teller& operator=(const Teller&) = delete;

  void say(const std::string& line);
  /// A line without a time, for tables.
  void plain(const std::string& line);
  void progress(const std::string& label, std::int64_t done, std::int64_t total);
  void clear();

 private:
  std::ostream& out_;
  const int columns_;
  const Waiting& waiting_;
  std::string drawn_;
};

}  // namespace fieldsync::trial
