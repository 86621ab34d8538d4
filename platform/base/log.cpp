#include "platform/base/journal_log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <cstdio>

#include "platform/base/log.h"
#include "platform/base/text.h"
#include "platform/tuning.h"

namespace fieldsync::base {
namespace {

spdlog::level::level_enum library_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

/// The value as one word of the line. Nothing from outside can begin a new line or a new field.
std::string field_text(const Value& value) {
  const std::string whole = plain_text(value);
  std::string text = printable(utf8_prefix(whole, platform::tuning::kLogValueBytesMax));
  if (whole.size() > platform::tuning::kLogValueBytesMax) text += "…";
  if (!text.empty() && text.find_first_of(" \"=\\") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string line_of(LogLevel level, std::string_view event, const Log::Fields& fields) {
  std::string line(name(level));
  line += ' ';
  line += printable(event);
  for (const auto& [field, value] : fields) {
    line += ' ';
    line += printable(field);
    line += '=';
    line += field_text(value);
  }
  return line;
}

class SpdLog final : public Log {
 public:
  SpdLog(std::vector<spdlog::sink_ptr> sinks, LogLevel level_min)
      : logger_("fieldsync", sinks.begin(), sinks.end()) {
    logger_.set_level(library_level(level_min));
    logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc, "\n"));
    // The lines before a crash are the ones worth having, so none waits in a buffer.
    logger_.flush_on(spdlog::level::trace);
    // A full disk must not turn into a stream of complaints about the log.
    logger_.set_error_handler([](const std::string&) {});
  }

  void event(LogLevel level, std::string_view event_name, const Fields& fields) override {
    if (!logger_.should_log(library_level(level))) return;
    logger_.log(library_level(level), spdlog::string_view_t(line_of(level, event_name, fields)));
  }

 private:
  spdlog::logger logger_;
};

class JournalLog final : public Log {
 public:
  JournalLog(std::unique_ptr<Log> all, JournalWriter write)
      : all_(std::move(all)), write_(std::move(write)) {}

  void event(LogLevel level, std::string_view event_name, const Fields& fields) override {
    all_->event(level, event_name, fields);
    if (level >= LogLevel::warning) write_(level, line_of(level, event_name, fields));
  }

 private:
  std::unique_ptr<Log> all_;
  JournalWriter write_;
};

class NullLog final : public Log {
 public:
  void event(LogLevel, std::string_view, const Fields&) override {}
};

}  // namespace

std::unique_ptr<Log> make_log(const LogOptions& options) {
  std::vector<spdlog::sink_ptr> sinks;
  if (!options.file.empty()) {
    try {
      sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
          options.file, static_cast<std::size_t>(std::max<ByteCount>(options.file_bytes_max, 1)),
          static_cast<std::size_t>(std::max(options.files_max, 0))));
    } catch (const std::exception& error) {
      std::fprintf(stderr, "fieldsync: no log file: %s\n", printable(error.what()).c_str());
    }
  }
  if (options.to_stderr) sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  return std::make_unique<SpdLog>(std::move(sinks), options.level_min);
}

std::unique_ptr<Log> make_journal_log(std::unique_ptr<Log> all, JournalWriter write) {
  return std::make_unique<JournalLog>(std::move(all), std::move(write));
}

Log& null_log() {
  static NullLog log;
  return log;
}

}  // namespace fieldsync::base
