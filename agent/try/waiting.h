#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "platform/base/result.h"
#include "platform/base/value.h"
#include "platform/clock.h"

namespace fieldsync::trial {

using base::ByteCount;
using base::Document;
using base::Failure;
using base::Millis;
using base::Path;
using base::Result;
using base::Value;

/// Real time between processes: conditions are looked at now and then, within a limit, and given up
/// at once when the person interrupts. One thread, but for `interrupt`.
class Waiting {
 public:
  explicit Waiting(const platform::Clock& clock) : clock_(clock), began_(clock.now()) {}

  /// Any thread. Whatever waits fails with timeout, "interrupted".
  void interrupt() { interrupted_ = true; }
  bool is_interrupted() const { return interrupted_; }

  void pause(Millis span) const;
  /// Until `look` gives true; its failure is passed on. timeout, naming `what`, after the limit.
  Result<> until(const std::string& what, Millis limit,
                 const std::function<Result<bool>()>& look) const;
  /// Since this was made.
  Millis elapsed() const { return clock_.now() - began_; }
  const platform::Clock& clock() const { return clock_; }

 private:
  const platform::Clock& clock_;
  const base::Instant began_;
  std::atomic<bool> interrupted_ = false;
};

}  // namespace fieldsync::trial
