#include "agent/sync/surveyor.h"

#include <algorithm>
#include <iterator>

#include "agent/sync/plan/tuning.h"
#include "agent/sync/pull/tuning.h"
#include "agent/sync/reconcile/binding.h"
#include "agent/sync/reconcile/standing.h"
#include "agent/sync/tuning.h"
#include "agent/sync/upload/tuning.h"
#include "agent/sync/upload/upload_deadline.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::Done;
using base::Result;
using storage::Act;
using storage::Intent;
using storage::IntentState;

namespace {

/// Whether the act could undo what others did, so that it needs a fresh look at the record.
bool writes_over(Act act) {
  switch (act) {
    case Act::edit:
    case Act::attach:
    case Act::remove:
      return true;
    case Act::create:
    case Act::reply:
    case Act::restore:
      return false;
  }
  FS_CHECK(false);
}

}  // namespace

Result<Situation> Surveyor::survey() {
  Situation situation;
  situation.now = context_.now();
  situation.started = started_;
  Remote& remote = context_.remote;
  situation.link = remote.link.state();
  situation.link_may_send = remote.link.may_send(situation.now);
  situation.link_retry_at = remote.link.retry_at();
  situation.login = remote.tokens.state();
  situation.gate_opens = remote.gate.may_send_at(situation.now);
  if (remote.gate.takes_turns()) situation.turns = Situation::Turns::one_by_one;
  situation.rights_retry_at = rights_.retry_at();
  survey_budgets(situation);
  // Nothing but a probe can leave: spare the disk.
  if (situation.link == LinkState::shut) return situation;
  for (const auto& [endpoint, shut] : remote.breakers.all()) {
    situation.shut_endpoints.emplace(endpoint, shut.retry_at);
  }
  TRY(survey_tools(situation));
  TRY(survey_intents(situation));
  TRY(survey_reading(situation));
  return situation;
}

void Surveyor::survey_budgets(Situation& situation) {
  const Remote& remote = context_.remote;
  situation.hour = hour_budget(remote.gate, situation.now);
  situation.bytes_per_second = remote.links.here().rate();
  situation.start_within = remote.service.capabilities().start_within;
  const DataVerdict files = remote.data.files();
  if (files.files == DataVerdict::Files::go) return;
  situation.files = Situation::Files::wait;
  // By the clock of waits; the one people read may be set meanwhile, so it is looked at in between.
  const base::Millis wait = files.until
                                ? std::min(*files.until - remote.data.now(), tuning::kPlanLook)
                                : tuning::kPlanLook;
  situation.files_look_at = situation.now + wait;
}

Result<> Surveyor::survey_tools(Situation& situation) {
  TRY_ASSIGN(const auto follows, context_.work.follows());
  TRY_ASSIGN(const auto known, context_.mirror.tool_states());
  for (const storage::Follow& follow : follows) {
    if (follow.remote != context_.remote.name) continue;
    if (rights_.wanted(follow.project)) situation.rights_wanted.push_back(follow.project);
    if (is_sealed(context_.remote, follow.project)) continue;  // nothing is asked of it
    for (const std::string& tool : follow.tools) {
      const auto state = std::find_if(known.begin(), known.end(), [&](const auto& each) {
        return each.remote == follow.remote && each.project == follow.project && each.tool == tool;
      });
      ToolFacts facts;
      if (state != known.end()) facts.state = *state;
      facts.state.remote = context_.remote.name;
      facts.state.project = follow.project;
      facts.state.tool = tool;
      facts.due_sweep = auditor_.due_round(facts.state);
      situation.tools.push_back(std::move(facts));
    }
  }
  return Done{};
}

Result<> Surveyor::survey_intents(Situation& situation) {
  TRY_ASSIGN(auto due,
             context_.work.due(context_.remote.name, situation.now, tuning::kIntentsPerPass));
  TRY(add_urgent(due));
  for (Intent& intent : due) {
    const bool rights_known = context_.remote.rights.count(intent.project) != 0;
    if (!rights_known) {
      auto& wanted = situation.rights_wanted;
      const bool listed = std::find(wanted.begin(), wanted.end(), intent.project) != wanted.end();
      if (!listed && rights_.wanted(intent.project)) wanted.push_back(intent.project);
      continue;  // what may be sent depends on them
    }
    TRY_ASSIGN(auto facts, facts_of(std::move(intent), situation));
    situation.intents.push_back(std::move(facts));
  }
  let_one_original_go(situation);
  TRY_ASSIGN(situation.next_intent, context_.work.next_due(context_.remote.name, situation.now));
  return Done{};
}

/// What a person wants now may stand behind thousands in the queue.
Result<> Surveyor::add_urgent(std::vector<Intent>& due) {
  const std::set<base::IntentId> urgent = context_.remote.data.urgent();
  for (const base::IntentId id : urgent) {
    const auto is_it = [id](const Intent& intent) { return intent.id == id; };
    if (std::any_of(due.begin(), due.end(), is_it)) continue;
    TRY_ASSIGN(auto intent, context_.work.intent(id));
    if (!intent || !storage::is_open(intent->state)) {
      TRY(context_.remote.data.ended(id));
      continue;
    }
    const bool is_due = intent->remote == context_.remote.name &&
                        intent->state == IntentState::queued &&
                        intent->next_attempt <= context_.now();
    if (is_due) due.push_back(std::move(*intent));
  }
  return Done{};
}

Result<IntentFacts> Surveyor::facts_of(Intent intent, const Situation& situation) {
  IntentFacts facts;
  const auto* kind = kinds::find_kind(intent.kind.raw());
  const ToolFacts* tool = nullptr;
  for (const ToolFacts& candidate : situation.tools) {
    if (kind && candidate.state.project == intent.project && candidate.state.tool == kind->tool) {
      tool = &candidate;
    }
  }
  if (!intent.attachments.empty() && intent.state == IntentState::queued) {
    TRY(survey_uploads(facts, intent, situation));
  }
  if (intent.state == IntentState::queued) {
    TRY_ASSIGN(const bool barred, is_barred(intent));
    if (barred) {
      facts.sight = IntentFacts::Sight::barred;
      facts.bytes = IntentFacts::Bytes::as_they_are;
    } else if (writes_over(intent.act)) {
      TRY_ASSIGN(facts.sight, sight_of(intent, tool));
    }
  }
  if (intent.state == IntentState::sent) {
    const bool listed_since =
        tool && tool->state.complete_as_of && *tool->state.complete_as_of > intent.changed_at;
    // Where the clock was set back since, no list would be later than the act for as long.
    const bool is_ahead = intent.changed_at > context_.now();
    const bool by_list = tool && !context_.remote.service.needs_show(intent.kind) &&
                         intent.act != Act::remove && intent.act != Act::restore && !listed_since &&
                         !is_ahead;
    facts.proof = by_list ? IntentFacts::Proof::by_list : IntentFacts::Proof::by_show;
  }
  facts.intent = std::move(intent);
  return facts;
}

Result<> Surveyor::survey_uploads(IntentFacts& facts, const Intent& intent,
                                  const Situation& situation) {
  const net::Capabilities can = context_.remote.service.capabilities();
  TRY_ASSIGN(const auto uploads, context_.work.uploads_of(intent.id));
  std::size_t ready = 0;
  for (const storage::Attachment& file : intent.attachments) facts.bytes_left += file.size;
  for (const storage::Upload& upload : uploads) {
    if (is_ready(upload, can, situation.now)) ++ready;
    facts.bytes_left -= upload.bytes_confirmed();
    const bool hurries =
        attach_until(upload, can) - situation.now < can.attach_within / tuning::kHurryShare;
    if (is_at_service(upload) && hurries) facts.haste = Haste::hurry;
  }
  facts.uploads = ready == intent.attachments.size() ? IntentFacts::Uploads::ready
                                                     : IntentFacts::Uploads::missing;
  if (context_.remote.data.is_urgent(intent.id)) facts.haste = Haste::urgent;
  if (uploads.empty()) facts.bytes = bytes_of(intent, facts.haste);  // what was begun goes on
  return Done{};
}

/// Whether the push would hold it without asking the service.
Result<bool> Surveyor::is_barred(const Intent& intent) {
  if (refusal(context_.remote, intent.project, tool_of(intent))) return true;
  if (intent.act == Act::create || intent.act == Act::restore) return false;
  TRY_ASSIGN(const auto key, key_of(context_, intent));
  if (!key) return false;
  TRY_ASSIGN(const auto record, context_.mirror.record(*key));
  const auto decision = standing_of(intent, intent.fields, record).decision();
  return decision == merge::Decision::ask_gone || decision == merge::Decision::wait_hidden;
}

/// Whether a file of ours went to the record that no look has shown yet: a look must, before what
/// the record has is taken down and the next file is sent.
Result<bool> Surveyor::has_unseen_file(const Intent& intent) {
  TRY_ASSIGN(const auto acts, context_.work.open_intents_of(intent.item));
  return std::any_of(acts.begin(), acts.end(), [&](const Intent& other) {
    return other.id != intent.id && !other.attachments.empty() &&
           other.state == IntentState::sent && other.attempts == 0;
  });
}

Result<IntentFacts::Sight> Surveyor::sight_of(const Intent& intent, const ToolFacts* tool) {
  base::WallTime fresh_from = context_.now() - tuning::kEditFreshness;
  // What was seen before the person edited cannot show what the office did since. (A capture from
  // the future is one from before the clock was set back.)
  if (intent.captured_at <= context_.now()) fresh_from = std::max(fresh_from, intent.captured_at);
  // Nor can what was seen before the link was lost.
  if (const auto lost = context_.remote.link.failed_at(); lost <= context_.now()) {
    fresh_from = std::max(fresh_from, lost);
  }
  TRY_ASSIGN(const auto key, key_of(context_, intent));
  if (!key) return IntentFacts::Sight::fresh;  // the push will say what it waits for
  TRY_ASSIGN(const auto record, context_.mirror.record(*key));
  if (standing_of(intent, intent.fields, record).decision() == merge::Decision::look) {
    return IntentFacts::Sight::stale_record;
  }
  if (intent.act == Act::attach) {
    TRY_ASSIGN(const bool unseen, has_unseen_file(intent));
    if (unseen) return IntentFacts::Sight::stale_record;
  }
  // Of what is absent a list tells no more: the push decides.
  if (!record || record->presence != storage::Presence::present) return IntentFacts::Sight::fresh;
  if (record->extent == storage::MirrorRecord::Extent::summary_only) {
    return IntentFacts::Sight::stale_record;
  }
  // What was seen at a time to come was seen before the clock was set back.
  const auto is_fresh = [&](base::WallTime seen) {
    return seen >= fresh_from && seen <= context_.now();
  };
  if (is_fresh(record->observed_at)) return IntentFacts::Sight::fresh;
  // Lists of changes tell of every edit, except of notes older than their window.
  const bool covered = tool && (tool->state.tool != "notes" ||
                                record->fields.text("date") >=
                                    base::to_iso_date(context_.now() - tuning::kNotesBack));
  if (!covered) return IntentFacts::Sight::stale_record;
  const auto as_of = tool->state.complete_as_of;
  return as_of && is_fresh(*as_of) ? IntentFacts::Sight::fresh : IntentFacts::Sight::stale_tool;
}

/// What the policy says of a photo whose bytes have not begun to leave.
IntentFacts::Bytes Surveyor::bytes_of(const Intent& intent, Haste haste) const {
  using Bytes = IntentFacts::Bytes;
  const bool is_photo = intent.kind.raw() == "photo" && intent.act == Act::create &&
                        intent.state == IntentState::queued && intent.attachments.size() == 1;
  if (!is_photo || intent.sending_since) return Bytes::as_they_are;
  const Cost cost = context_.remote.data.cost();
  const bool is_free = cost != Cost::metered && cost != Cost::roaming;
  const bool is_quick =
      context_.remote.links.here().rate() >= static_cast<double>(pictures_.good_rate);
  const bool is_good = haste == Haste::urgent || (is_free && is_quick);
  switch (intent.picture) {
    case storage::Picture::undecided: {
      const storage::Attachment& photo = intent.attachments.front();
      if (photo.content_type != "image/jpeg" || photo.size < tuning::kPictureWorthReducing) break;
      const auto policy = pictures_.policy_of(intent.remote, intent.project);
      const bool is_small_first = policy == PicturePolicy::proof_first && !is_good;
      if (policy == PicturePolicy::reduced || is_small_first) return Bytes::to_render;
      break;
    }
    case storage::Picture::after_preview:
      if (!is_good) return Bytes::waits_for_link;
      break;
    case storage::Picture::whole:
    case storage::Picture::preview:
    case storage::Picture::reduced:
      break;
  }
  return Bytes::as_they_are;
}

/// The rate of a link is learnt from large files only: where none is sent it would seem poor for
/// ever. One that waits is let go now and then, when nothing else wants to leave.
void Surveyor::let_one_original_go(Situation& situation) {
  IntentFacts* first = nullptr;
  for (IntentFacts& facts : situation.intents) {
    if (facts.bytes == IntentFacts::Bytes::waits_for_link) {
      if (!first) first = &facts;
    } else if (facts.uploads == IntentFacts::Uploads::missing) {
      return;  // nothing is tried out on somebody's back
    }
  }
  if (!first) return;
  if (trial_at_ > situation.now) {
    situation.next_trial = trial_at_;
    return;
  }
  first->bytes = IntentFacts::Bytes::as_they_are;
  trial_ = first->intent.id;
}

void Surveyor::begun(base::IntentId intent) {
  if (intent == trial_) trial_at_ = context_.now() + tuning::kOriginalTrial;
}

Result<> Surveyor::survey_reading(Situation& situation) {
  TRY_ASSIGN(const auto shows,
             context_.mirror.needing_show(context_.remote.name, tuning::kShowsPerPass));
  const auto may_go = [&](const storage::RecordKey& key) {
    const auto held = shows_held_back_.find(key);
    return held == shows_held_back_.end() || held->second <= situation.now;
  };
  const auto add = [&](const storage::RecordKey& key) {
    if (may_go(key)) situation.shows.push_back(key);
  };
  for (const storage::RecordKey& key : asked_for_) {
    if (!is_sealed(context_.remote, key.project)) add(key);
  }
  for (const storage::RecordKey& key : shows) {
    const bool useful = context_.remote.service.needs_show(key.kind) &&
                        !is_sealed(context_.remote, key.project) && asked_for_.count(key) == 0;
    if (useful) add(key);
  }
  TRY_ASSIGN(const auto audits, auditor_.due_shows());
  std::copy_if(audits.begin(), audits.end(), std::back_inserter(situation.audits), may_go);
  return survey_downloads(situation);
}

/// Nothing is planned that the disk has no room for; a sheet that is current takes the place of
/// superseded ones.
Result<> Surveyor::survey_downloads(Situation& situation) {
  const auto wanted = [&](base::ByteCount size_max, int limit) {
    return context_.mirror.wanted_files(context_.remote.name, situation.now, size_max, limit);
  };
  TRY(survey_awaited(situation));
  TRY_ASSIGN(const auto first, wanted(tuning::kDownloadMax, 1));
  if (first.empty()) return Done{};
  if (first.front().file.want > storage::Want::superseded) {
    TRY(room_.make_way(first.front().file.size.value_or(1), DiskRoom::For::current));
  }
  TRY_ASSIGN(base::ByteCount left, room_.left_for_downloads());
  for (const auto& awaited : situation.awaited) left -= awaited.file.size.value_or(0);
  TRY_ASSIGN(const auto more, wanted(left, tuning::kDownloadsPerPass));
  for (const auto& each : more) {
    const base::ByteCount size = each.file.size.value_or(0);
    if (size > left || is_sealed(context_.remote, each.key.project)) continue;
    left -= size;
    situation.downloads.push_back(each);
  }
  return Done{};
}

/// What a person waits for comes first, and what nobody used for the longest time goes for it.
Result<> Surveyor::survey_awaited(Situation& situation) {
  for (auto each = awaited_.begin(); each != awaited_.end();) {
    const auto& [key, slot] = each->first;
    TRY_ASSIGN(const auto record, context_.mirror.record(key));
    const storage::MirrorFile* file = nullptr;
    if (record) {
      for (const storage::MirrorFile& one : record->files) {
        if (one.slot == slot) file = &one;
      }
    }
    const bool is_closed = is_sealed(context_.remote, key.project);
    if (is_closed || file == nullptr || file->blob || each->second.tries >= tuning::kAwaitedTries) {
      each = awaited_.erase(each);
      continue;
    }
    if (each->second.again_at <= situation.now) {
      TRY(room_.make_way(file->size.value_or(1), DiskRoom::For::awaited));
      TRY_ASSIGN(const base::ByteCount left, room_.left_for_downloads());
      if (left >= file->size.value_or(1)) situation.awaited.push_back({key, *file});
    } else {
      situation.next_trial =
          std::min(situation.next_trial.value_or(each->second.again_at), each->second.again_at);
    }
    ++each;
  }
  return Done{};
}

Result<> Surveyor::await_file(const storage::RecordKey& key, const std::string& slot) {
  if (awaited_.size() >= tuning::kAwaitedMax) {
    return base::Failure{base::Cause::limit_reached,
                         "too many files are waited for at once: pin the records instead"};
  }
  awaited_.emplace(std::pair{key, slot}, Awaited{});
  return Done{};
}

void Surveyor::fetched(const storage::RecordKey& key, const std::string& slot) {
  const auto each = awaited_.find({key, slot});
  if (each == awaited_.end()) return;
  ++each->second.tries;
  each->second.again_at = context_.now() + tuning::kAwaitedPause;
}

Result<> Surveyor::ask_for_rounds(net::Sweep sweep) {
  TRY_ASSIGN(const auto follows, context_.work.follows());
  for (const storage::Follow& follow : follows) {
    if (follow.remote != context_.remote.name) continue;
    for (const std::string& tool : follow.tools) {
      TRY_ASSIGN(auto state,
                 context_.mirror.tool_state(context_.remote.name, follow.project, tool));
      if (!state) continue;  // its first round is due already
      state->next_poll = {};
      if (sweep != net::Sweep::changes) state->swept_at.reset();
      TRY(context_.mirror.save_tool_state(*state));
    }
  }
  return Done{};
}

Result<int> Surveyor::distrust(const base::ProjectId& project, const std::string& tool) {
  int records = 0;
  for (const kinds::KindDescriptor& kind : kinds::all_kinds()) {
    if (kind.tool != tool) continue;
    TRY_ASSIGN(const int doubted,
               context_.mirror.doubt(context_.remote.name, project,
                                     base::KindId(std::string(kind.id)), std::nullopt));
    records += doubted;
  }
  TRY_ASSIGN(auto state, context_.mirror.tool_state(context_.remote.name, project, tool));
  if (state) {
    state->changes_until.reset();
    state->swept_at.reset();
    state->next_poll = {};
    state->attempts = 0;
    TRY(context_.mirror.save_tool_state(*state));
  }
  return records;
}

Result<> Surveyor::distrust(const storage::RecordKey& key) {
  TRY(context_.mirror.doubt(key.remote, key.project, key.kind, key.id));
  shows_held_back_.erase(key);
  if (asked_for_.size() >= tuning::kShowsHeldBackMax) {
    return base::Failure{base::Cause::limit_reached,
                         "too many records are to be read again: resync the tool instead"};
  }
  asked_for_.insert(key);
  return Done{};
}

void Surveyor::hold_back_show(const storage::RecordKey& key, base::WallTime at) {
  // Bounded: old entries go when the table is full; at worst a record is asked for again early.
  if (shows_held_back_.size() >= tuning::kShowsHeldBackMax) shows_held_back_.clear();
  shows_held_back_[key] = at;
}

}  // namespace fieldsync::sync
