#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/base/types.h"
#include "platform/base/value.h"

/// A log line is an event name with fields: `push.deferred entry=n7k2 attempt=3 wait_ms=4000`.
/// Secrets cannot be passed (base::Secret has no conversion to Value).
namespace fieldsync::base {

enum class LogLevel { debug, info, warning, error };

class Log {
 public:
  using Fields = std::vector<std::pair<std::string_view, Value>>;
  virtual ~Log() = default;
  /// Any thread. Never fails: a log that cannot be written is not a reason to stop work.
  virtual void event(LogLevel level, std::string_view name, const Fields& fields = {}) = 0;

  void debug(std::string_view name, const Fields& f = {}) { event(LogLevel::debug, name, f); }
  void info(std::string_view name, const Fields& f = {}) { event(LogLevel::info, name, f); }
  void warning(std::string_view name, const Fields& f = {}) { event(LogLevel::warning, name, f); }
  void error(std::string_view name, const Fields& f = {}) { event(LogLevel::error, name, f); }
};

struct LogOptions {
  Path file;                             ///< empty: no file
  ByteCount file_bytes_max = 5'000'000;  ///< rotated past this
  int files_max = 3;                     ///< rotated files kept
  bool to_stderr = false;
  LogLevel level_min = LogLevel::info;
};

/// The log on spdlog. A file that cannot be opened is reported on stderr and left out.
std::unique_ptr<Log> make_log(const LogOptions& options);
/// Drops everything.
Log& null_log();

}  // namespace fieldsync::base
