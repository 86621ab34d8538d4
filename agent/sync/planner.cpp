#include "agent/sync/planner.h"

#include <algorithm>

#include "agent/sync/tuning.h"
#include "platform/base/check.h"

namespace fieldsync::sync {
namespace {

using storage::Act;
using storage::Intent;
using storage::IntentState;

/// Collects steps until the slots are used up; refuses what is under way already.
class Planner {
 public:
  explicit Planner(const Situation& s) : s_(s) {
    calls_left_ = tuning::kCallsAtOnce - s.calls_in_flight;
    uploads_left_ = tuning::kUploadsAtOnce - s.uploads_in_flight;
    downloads_left_ = tuning::kDownloadsAtOnce - s.downloads_in_flight;
  }

  Plan make() {
    if (!may_work()) return std::move(plan_);
    if (s_.link == LinkState::shut) {
      // No useful request is risked on a link that may be none: a lost write costs a look-up.
      // Calls end soon and tell as much as a probe would; a file may take an hour of a slow link.
      if (s_.calls_in_flight == 0) add(Step{StepKind::probe, "link"});
      return std::move(plan_);
    }
    for (const base::ProjectId& project : s_.rights_wanted) {
      Step step{StepKind::read_rights, "rights:" + project.raw()};
      step.project = project;
      add_call(step);
    }
    for (const IntentFacts& facts : s_.intents) {
      if (!needs_upload(facts)) plan_intent(facts);
    }
    plan_rounds();
    for (const IntentFacts& facts : s_.intents) {
      if (needs_upload(facts)) plan_intent(facts);
    }
    plan_reading();
    note_wake(s_.next_intent);
    note_wake(s_.rights_retry_at);
    return std::move(plan_);
  }

 private:
  static bool needs_upload(const IntentFacts& facts) {
    return facts.uploads == IntentFacts::Uploads::missing &&
           facts.sight != IntentFacts::Sight::barred;
  }

  bool may_work() {
    if (!s_.link_may_send) {
      note_wake(s_.link_retry_at);
      return false;
    }
    switch (s_.login) {
      case net::LoginState::refused:
      case net::LoginState::paused:
      case net::LoginState::logged_out:
        return false;
      case net::LoginState::unknown:
      case net::LoginState::ready:
      case net::LoginState::refreshing:
      case net::LoginState::in_doubt:
        break;
    }
    if (s_.gate_opens > s_.now) {
      // The storage hosts are not the service's API: an upload under way goes on, nothing begins.
      note_wake(s_.gate_opens);
      return false;
    }
    return true;
  }

  void plan_intent(const IntentFacts& facts) {
    const Intent& intent = facts.intent;
    switch (intent.state) {
      case IntentState::queued:
        if (needs_upload(facts)) return add_upload(intent);
        if (facts.sight == IntentFacts::Sight::stale_record) return add_show_of(intent);
        if (facts.sight == IntentFacts::Sight::stale_tool) return add_pull_for(intent);
        return add_intent_step(StepKind::push, intent);
      case IntentState::in_doubt:
        return plan_look_up(intent);
      case IntentState::sent:
        if (facts.proof == IntentFacts::Proof::by_show) {
          return add_intent_step(StepKind::prove, intent);
        }
        return plan_shared_proof(intent);
      case IntentState::waiting:
      case IntentState::sending:
      case IntentState::delivered:
      case IntentState::held:
      case IntentState::cancelled:
        return;  // not in the due list; nothing to do here
    }
  }

  /// A request whose answer was lost may still be on its way, also one that left before a restart
  /// or right before a person said "now": a look before it arrives would send it twice.
  void plan_look_up(const Intent& intent) {
    // By this process's own clock: when it began, or when the doubt did. The time at which the
    // request left is by the service's clock, known to the second only.
    const bool here = intent.changed_at <= s_.now;
    const auto settled =
        (here ? std::max(intent.changed_at, s_.started) : s_.started) + tuning::kSettle;
    if (settled > s_.now) return note_wake(settled);
    add_intent_step(StepKind::look_up, intent);
  }

  /// One list of the tool proves many deliveries: wait for more of them, but not for long.
  void plan_shared_proof(const Intent& intent) {
    int sent = 0;
    int to_come = 0;
    for (const IntentFacts& other : s_.intents) {
      if (other.intent.kind != intent.kind || other.intent.project != intent.project) continue;
      if (other.intent.state == IntentState::sent) ++sent;
      if (other.intent.state == IntentState::queued) ++to_come;
    }
    const base::WallTime patience_ends = intent.changed_at + tuning::kReadBackPatience;
    if (to_come > 0 && sent < tuning::kReadBackBatch && patience_ends > s_.now) {
      note_wake(patience_ends);
      return;
    }
    add_pull_for(intent);
  }

  void plan_rounds() {
    for (const ToolFacts& tool : s_.tools) {
      if (tool.state.next_poll > s_.now) {
        note_wake(tool.state.next_poll);
        continue;
      }
      add_pull(tool.state.project, tool.state.tool, tool.due_sweep);
    }
  }

  void plan_show(const storage::RecordKey& key) {
    Step step{StepKind::show, record_key(key)};
    step.endpoint = show_endpoint(key.kind);
    step.record = key;
    add_call(step);
  }

  void plan_reading() {
    for (const storage::RecordKey& key : s_.shows) plan_show(key);
    for (const auto& wanted : s_.downloads) {
      Step step{StepKind::download, "file:" + record_key(wanted.key) + ":" + wanted.file.slot};
      step.endpoint = kDownloadEndpoint;
      step.record = wanted.key;
      step.file = wanted.file;
      if (downloads_left_ > 0 && add(step)) --downloads_left_;
    }
    for (const storage::RecordKey& key : s_.audits) plan_show(key);
  }

  void add_upload(const Intent& intent) {
    Step step{StepKind::upload, item_key(intent.item)};
    step.endpoint = kUploadEndpoint;
    step.intent = intent.id;
    if (uploads_left_ > 0 && add(step)) --uploads_left_;
  }

  void add_intent_step(StepKind kind, const Intent& intent) {
    Step step{kind, item_key(intent.item)};
    step.endpoint = endpoint_of(intent);
    step.intent = intent.id;
    add_call(step);
  }

  void add_show_of(const Intent& intent) {
    Step step{StepKind::show, item_key(intent.item)};
    step.endpoint = show_endpoint(intent.kind);
    step.intent = intent.id;
    add_call(step);
  }

  void add_pull_for(const Intent& intent) {
    const auto* kind = kinds::find_kind(intent.kind.raw());
    FS_CHECK(kind != nullptr);
    for (const ToolFacts& facts : s_.tools) {
      const bool failing = facts.state.attempts > 0 && facts.state.next_poll > s_.now;
      if (facts.state.project == intent.project && facts.state.tool == kind->tool && failing) {
        return note_wake(facts.state.next_poll);
      }
    }
    add_pull(intent.project, std::string(kind->tool), net::Sweep::changes);
  }

  void add_pull(const base::ProjectId& project, const std::string& tool, net::Sweep sweep) {
    Step step{StepKind::pull, tool_key(project, tool)};
    step.project = project;
    step.tool = tool;
    step.sweep = sweep;
    for (const ToolFacts& facts : s_.tools) {
      // A first round is always the whole tool, whoever asks for it.
      if (facts.state.project == project && facts.state.tool == tool &&
          facts.due_sweep == net::Sweep::everything) {
        step.sweep = net::Sweep::everything;
      }
    }
    add_call(step);
  }

  void add_call(const Step& step) {
    if (calls_left_ > 0 && add(step)) --calls_left_;
  }

  bool add(const Step& step) {
    if (steps_left_ == 0) return false;
    if (s_.busy.count(step.key) != 0 || planned_.count(step.key) != 0) return false;
    if (!passes_breaker(step.endpoint)) return false;
    planned_.insert(step.key);
    --steps_left_;
    plan_.steps.push_back(step);
    return true;
  }

  /// Open endpoints let everything through, shut ones a single probe when its time has come.
  bool passes_breaker(const std::string& endpoint) {
    const auto shut = s_.shut_endpoints.find(endpoint);
    if (shut == s_.shut_endpoints.end()) return true;
    if (shut->second > s_.now) {
      note_wake(shut->second);
      return false;
    }
    return s_.busy_endpoints.count(endpoint) == 0 && probed_.insert(endpoint).second;
  }

  void note_wake(std::optional<base::WallTime> at) {
    if (at && (!plan_.wake || *at < *plan_.wake)) plan_.wake = at;
  }

  const Situation& s_;
  Plan plan_;
  std::set<std::string> planned_;
  std::set<std::string> probed_;
  int steps_left_ = tuning::kIntentsPerPass;
  int calls_left_ = 0;
  int uploads_left_ = 0;
  int downloads_left_ = 0;
};

}  // namespace

std::string_view name(StepKind kind) {
  switch (kind) {
    case StepKind::probe:
      return "probe";
    case StepKind::read_rights:
      return "read_rights";
    case StepKind::pull:
      return "pull";
    case StepKind::show:
      return "show";
    case StepKind::push:
      return "push";
    case StepKind::look_up:
      return "look_up";
    case StepKind::prove:
      return "prove";
    case StepKind::upload:
      return "upload";
    case StepKind::download:
      return "download";
  }
  FS_CHECK(false);
}

Plan plan(const Situation& situation) { return Planner(situation).make(); }

std::string push_endpoint(const base::KindId& kind, storage::Act act) {
  return "push " + kind.raw() + " " + std::string(storage::name(act));
}

std::string look_up_endpoint(const base::KindId& kind) { return "look_up " + kind.raw(); }

std::string show_endpoint(const base::KindId& kind) { return "show " + kind.raw(); }

std::string endpoint_of(const Intent& intent) {
  const bool in_lists = intent.act == Act::create || intent.act == Act::reply;
  switch (intent.state) {
    case IntentState::sent:
      return show_endpoint(intent.kind);
    case IntentState::in_doubt:
      return in_lists ? look_up_endpoint(intent.kind) : show_endpoint(intent.kind);
    case IntentState::queued:
    case IntentState::waiting:
    case IntentState::sending:
    case IntentState::delivered:
    case IntentState::held:
    case IntentState::cancelled:
      break;
  }
  return push_endpoint(intent.kind, intent.act);
}

std::string item_key(const base::RecordId& item) { return "item:" + item.raw(); }

std::string tool_key(const base::ProjectId& project, std::string_view tool) {
  return "tool:" + project.raw() + "/" + std::string(tool);
}

std::string record_key(const storage::RecordKey& key) {
  return "record:" + key.project.raw() + "/" + key.kind.raw() + "/" + key.id.raw();
}

}  // namespace fieldsync::sync
