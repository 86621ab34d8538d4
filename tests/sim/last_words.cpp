#include "tests/sim/last_words.h"

#include <unistd.h>

#include <csignal>
#include <cstring>

#include "platform/base/check.h"

namespace fieldsync::sim {
namespace {

// A handler may read memory that is ready, and call write; nothing that allocates or formats.
char last_words[501];
// A stack that overflowed has no room for the handler.
alignas(16) char spare_stack[64 * 1024];

const char* name_of(int signal) {
  switch (signal) {
    case SIGABRT:
      return "SIGABRT";
    case SIGSEGV:
      return "SIGSEGV";
    default:
      return "SIGFPE";
  }
}

void say(const char* text) { (void)!write(STDERR_FILENO, text, std::strlen(text)); }

extern "C" void speak(int signal) {
  say("stopped by ");
  say(name_of(signal));
  say(" in ");
  say(last_words);
  say("\n");
  // SA_RESETHAND gave the signal its ordinary end back.
  (void)raise(signal);
}

}  // namespace

void speak_when_stopped() {
  stack_t stack{};
  stack.ss_sp = spare_stack;
  stack.ss_size = sizeof spare_stack;
  FS_CHECK(sigaltstack(&stack, nullptr) == 0);
  struct sigaction action {};
  action.sa_handler = speak;
  action.sa_flags = static_cast<int>(SA_ONSTACK | SA_RESETHAND);
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE}) {
    FS_CHECK(sigaction(signal, &action, nullptr) == 0);
  }
}

void set_last_words(const std::string& words) {
  const std::size_t length = words.copy(last_words, sizeof last_words - 1);
  last_words[length] = '\0';
}

}  // namespace fieldsync::sim
