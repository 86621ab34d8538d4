#pragma once

#include <memory>

#include "platform/base/log.h"

namespace fieldsync::base {

/// Everything goes to `all`; what is a warning or worse also to stderr, for the system's journal:
/// with its priority (sd-daemon(3)) and without a time, which the journal has itself.
std::unique_ptr<Log> make_journal_log(std::unique_ptr<Log> all);

}  // namespace fieldsync::base
