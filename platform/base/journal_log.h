#pragma once

#include <functional>
#include <memory>

#include "platform/base/log.h"

namespace fieldsync::base {

/// Writes one line to the system's journal (platform::write_to_journal). Any thread.
using JournalWriter = std::function<void(LogLevel level, const std::string& line)>;

/// Everything goes to `all`; what is a warning or worse also to the journal, without a time, which
/// that has itself.
std::unique_ptr<Log> make_journal_log(std::unique_ptr<Log> all, JournalWriter write);

}  // namespace fieldsync::base
