#pragma once

#include <initializer_list>
#include <vector>

#include <signal.h>

#include "platform/posix/descriptor.h"

namespace fieldsync::platform::posix {

/// Turns signals into bytes in a pipe while it lives, then restores what was set before. A pipe
/// works whichever thread the system interrupts, and loses no signal between a check and a wait.
/// At most one at a time in the process.
class SignalPipe {
 public:
  explicit SignalPipe(std::initializer_list<int> signals);
  ~SignalPipe();
  SignalPipe(const SignalPipe&) = delete;
  SignalPipe& operator=(const SignalPipe&) = delete;

  /// Readable when a signal has come; for poll(2).
  int readable() const { return reading_.number(); }
  /// The next signal's number; waits for one. 0 after `close`.
  int next();
  /// Makes `next` return 0. Any thread.
  void close();

 private:
  struct Before {
    int signal;
    struct sigaction action;
  };
  Descriptor reading_;
  Descriptor writing_;
  std::vector<Before> before_;
};

}  // namespace fieldsync::platform::posix
