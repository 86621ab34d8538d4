#include "agent/verbs/verbs.h"

#include <map>

#include "agent/verbs/tuning.h"
#include "platform/base/text.h"

namespace fieldsync::verbs {

using base::Cause;
using base::Failure;

namespace {

using Direct = Result<Document> (*)(Parts&, const Document&);

const std::map<std::string_view, Direct>& direct_verbs() {
  static const std::map<std::string_view, Direct> verbs = {
      {"add", add},
      {"edit", edit},
      {"reply", reply},
      {"attach", attach},
      {"remove", remove},
      {"list", list},
      {"show", show},
      {"queue", queue},
      {"why", why},
      {"retry", retry},
      {"receipts", receipts},
      {"sync", sync},
      {"follow", follow},
      {"unfollow", unfollow},
      {"logout", logout},
      {"conflicts", conflicts},
      {"resolve", resolve},
      {"hold", hold},
      {"resync", resync},
      {"pending", pending},
      {"make_room", make_room},
      {"open", open},
      {"pin", pin},
      {"send", send},
  };
  return verbs;
}

}  // namespace

Verbs::Verbs(Parts& parts) : parts_(parts) {}

void Verbs::call(std::string_view verb, const Document& arguments, Answer answer) {
  const auto direct = direct_verbs().find(verb);
  if (direct != direct_verbs().end()) return answer(direct->second(parts_, arguments));
  if (verb == "plan") return answer(plan(parts_));
  if (verb == "status") return answer(status(parts_));
  if (verb == "wait") return wait(arguments, std::move(answer));
  if (verb == "login") return login(parts_, arguments, std::move(answer));
  if (verb == "projects") return projects(parts_, arguments, std::move(answer));
  answer(Failure{Cause::bad_input,
                 "no command \"" +
                     std::string(base::utf8_prefix(base::printable(verb), tuning::kShownBytesMax)) +
                     "\""});
}

void Verbs::wait(const Document& arguments, Answer answer) {
  const auto limit =
      std::clamp<std::int64_t>(arguments.integer("limit_ms"), 0, tuning::kWaitMax.count());
  wait_on(parts_.world.host.clock.now() + base::Millis{limit}, std::move(answer));
}

void Verbs::wait_on(base::Instant until, Answer answer) {
  const base::Instant now = parts_.world.host.clock.now();
  if (is_idle(parts_) || now >= until) return answer(status(parts_));
  parts_.world.host.loop.call_at(std::min(until, now + tuning::kWaitLook),
                                 [this, until, answer] { wait_on(until, answer); });
}

void Verbs::on_status(std::function<void(const std::string&)> listener) {
  parts_.status_listener = std::move(listener);
  for (const auto& remote : parts_.remotes) {
    remote->engine->on_change = [this] {
      if (parts_.status_listener) parts_.status_listener(status_line(parts_));
    };
  }
}

}  // namespace fieldsync::verbs
