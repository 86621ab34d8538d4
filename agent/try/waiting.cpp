#include "agent/try/waiting.h"

#include "agent/try/tuning.h"
#include "platform/base/time_text.h"
#include "platform/event_loop.h"

namespace fieldsync::trial {

void Waiting::pause(Millis span) const {
  platform::ThreadLoop loop(clock_);
  loop.call_at(clock_.now() + span, [&loop] { loop.stop(); });
  loop.run();
}

Result<> Waiting::until(const std::string& what, Millis limit,
                        const std::function<Result<bool>()>& look) const {
  const base::Instant deadline = clock_.now() + limit;
  while (true) {
    if (interrupted_) return Failure{base::Cause::timeout, what + ": interrupted"};
    TRY_ASSIGN(const bool is_so, look());
    if (is_so) return {};
    if (clock_.now() >= deadline) {
      return Failure{base::Cause::timeout, what + ": not within " + base::to_human(limit)};
    }
    pause(tuning::kLook);
  }
}

}  // namespace fieldsync::trial
