#include "agent/sync/plan/planner.h"

#include <algorithm>
#include <limits>

#include "agent/sync/link/tuning.h"
#include "agent/sync/plan/tuning.h"
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
    const bool one_by_one = s.turns == Situation::Turns::one_by_one;
    calls_left_ = (one_by_one ? 1 : tuning::kCallsAtOnce) - s.calls_in_flight;
    uploads_left_ = tuning::kUploadsAtOnce - s.uploads_in_flight;
    downloads_left_ = tuning::kDownloadsAtOnce - s.downloads_in_flight;
    if (s.hour) {
      spare_ = s.hour->remaining - kept_for_people(*s.hour, s.now) -
               s.uploads_in_flight * tuning::kCallsToFinish;
    }
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
    // What people wrote, and news of drawings, go before all that has files and before other looks.
    for (const IntentFacts& facts : s_.intents) {
      if (facts.intent.attachments.empty()) plan_intent(facts);
    }
    plan_rounds(Rounds::of_drawings);
    for (const IntentFacts& facts : s_.intents) {
      const bool is_ready = !facts.intent.attachments.empty() && !needs_upload(facts);
      if (is_ready) plan_intent(facts);
    }
    plan_rounds(Rounds::of_others);
    plan_uploads();
    plan_reading();
    note_wake(s_.next_intent);
    note_wake(s_.rights_retry_at);
    note_wake(s_.next_trial);
    return std::move(plan_);
  }

 private:
  static bool needs_upload(const IntentFacts& facts) {
    return facts.uploads == IntentFacts::Uploads::missing &&
           facts.intent.state == IntentState::queued && facts.sight != IntentFacts::Sight::barred;
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

  void plan_uploads() {
    std::vector<const IntentFacts*> uploads;
    for (const IntentFacts& facts : s_.intents) {
      if (!needs_upload(facts)) continue;
      uploads.push_back(&facts);
      if (s_.busy.count(item_key(facts.intent.item)) != 0) bytes_ahead_ += facts.bytes_left;
    }
    std::stable_sort(uploads.begin(), uploads.end(),
                     [](const auto* a, const auto* b) { return a->haste > b->haste; });
    for (const IntentFacts* facts : uploads) add_upload(*facts);
  }

  void plan_intent(const IntentFacts& facts) {
    const Intent& intent = facts.intent;
    spender_ = spender_of(facts);
    switch (intent.state) {
      case IntentState::queued:
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

  /// Who spends a call: what people wait for may take the hour's last, all else leaves those kept.
  enum class Spender { people, spare };

  static Spender spender_of(const IntentFacts& facts) {
    const bool first = facts.intent.attachments.empty() || facts.haste != Haste::none;
    return first ? Spender::people : Spender::spare;
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

  enum class Rounds { of_drawings, of_others };

  /// A sheet that was superseded is built from until somebody hears of it: its news wait for
  /// nothing. The daily and weekly comparisons are no news.
  void plan_rounds(Rounds which) {
    for (const ToolFacts& tool : s_.tools) {
      const bool is_news = tool.state.tool == "drawings" && tool.due_sweep == net::Sweep::changes;
      if (is_news != (which == Rounds::of_drawings)) continue;
      spender_ = is_news ? Spender::people : Spender::spare;
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

  void plan_download(const storage::MirrorStore::WantedFile& wanted, Haste haste) {
    Step step{StepKind::download, "file:" + record_key(wanted.key) + ":" + wanted.file.slot};
    step.endpoint = kDownloadEndpoint;
    step.record = wanted.key;
    step.file = wanted.file;
    if (files_may_go(haste) && downloads_left_ > 0 && add(step)) --downloads_left_;
  }

  void plan_reading() {
    spender_ = Spender::spare;
    for (const auto& awaited : s_.awaited) plan_download(awaited, Haste::urgent);
    for (const storage::RecordKey& key : s_.shows) plan_show(key);
    for (const auto& wanted : s_.downloads) plan_download(wanted, Haste::none);
    for (const storage::RecordKey& key : s_.audits) plan_show(key);
  }

  void add_render(const Intent& intent) {
    if (s_.busy_endpoints.count(kRenderEndpoint) != 0 || rendering_) return;
    Step step{StepKind::render, item_key(intent.item)};
    step.endpoint = kRenderEndpoint;
    step.intent = intent.id;
    rendering_ = add(step);
  }

  void add_upload(const IntentFacts& facts) {
    switch (facts.bytes) {
      case IntentFacts::Bytes::to_render:
        return add_render(facts.intent);
      case IntentFacts::Bytes::waits_for_link:
        return;
      case IntentFacts::Bytes::as_they_are:
        break;
    }
    Step step{StepKind::upload, item_key(facts.intent.item)};
    step.endpoint = kUploadEndpoint;
    step.intent = facts.intent.id;
    step.haste = facts.haste;
    if (s_.busy.count(step.key) != 0 || !files_may_go(facts.haste)) return;
    // In haste it is ahead of the others; else the end of one that is ahead brings it up again.
    if (facts.haste == Haste::none && !can_begin_in_time()) return;
    // A person who says "now" does not wait for three others to end.
    const int places = uploads_left_ + (facts.haste == Haste::urgent ? 1 : 0);
    if (places <= 0) return;
    spender_ = spender_of(facts);
    if (!may_spend(tuning::kCallsPerFile) || !add(step)) return;
    spare_ -= tuning::kCallsPerFile;
    --uploads_left_;
    bytes_ahead_ += facts.bytes_left;
  }

  bool files_may_go(Haste haste) {
    if (s_.files == Situation::Files::may_go || haste == Haste::urgent) return true;
    note_wake(s_.files_look_at);
    return false;
  }

  /// Whether an upload that is created now begins before its time to begin is over.
  bool can_begin_in_time() const {
    if (s_.start_within.count() == 0) return true;
    const double rate = s_.bytes_per_second > 0 ? s_.bytes_per_second : tuning::kRateAssumed;
    const double waits = static_cast<double>(bytes_ahead_) / rate * 1e3;
    const double within = static_cast<double>(s_.start_within.count()) *
                          tuning::kStartShareNumerator / tuning::kStartShareDenominator;
    return waits <= within;
  }

  /// Whether so many calls may be spent by what is planned now. If not, when it may.
  bool may_spend(int calls) {
    if (spender_ == Spender::people || spare_ >= calls) return true;
    // What is kept shrinks as the hour ends: the end is the latest.
    const auto soon = s_.now + tuning::kKeptLook;
    note_wake(std::min(soon, std::max(s_.hour->resets_at, s_.now)));
    return false;
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
    if (calls_left_ <= 0 || !may_spend(1) || !add(step)) return;
    --calls_left_;
    --spare_;
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
  /// Calls of this hour beyond those kept for people; without end while the service told none.
  int spare_ = std::numeric_limits<int>::max() / 2;
  Spender spender_ = Spender::people;
  base::ByteCount bytes_ahead_ = 0;  ///< of uploads under way or planned before
  bool rendering_ = false;           ///< a small picture is planned
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
    case StepKind::render:
      return "render";
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
