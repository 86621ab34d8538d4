#pragma once

#include <string>

namespace fieldsync::sim {

/// From now on a program that SIGABRT (a failed FS_CHECK), SIGSEGV or SIGFPE ends says `stopped by
/// SIG...` and the last words set, on standard error. To be called once, before the first world.
void speak_when_stopped();
/// What to say: which world runs and the line that runs it again. Cut at 500 bytes.
void set_last_words(const std::string& words);

}  // namespace fieldsync::sim
