#include "agent/sync/local/outlook.h"

#include <algorithm>

#include "agent/sync/local/tuning.h"
#include "agent/sync/plan/planner.h"
#include "net/tuning.h"

namespace fieldsync::sync {

using base::Millis;
using base::Result;
using storage::Intent;
using storage::IntentState;

namespace {

Waiting::What what_of(const Intent& act) {
  if (act.attachments.empty()) return Waiting::What::edit;
  const std::string& type = act.attachments.front().content_type;
  if (type.starts_with("video/")) return Waiting::What::video;
  return type.starts_with("image/") ? Waiting::What::photo : Waiting::What::file;
}

bool goes_by_itself(const Intent& act) {
  switch (act.state) {
    case IntentState::queued:
    case IntentState::waiting:
    case IntentState::sending:
    case IntentState::in_doubt:
      return true;
    case IntentState::sent:
    case IntentState::delivered:
    case IntentState::held:
    case IntentState::cancelled:
      return false;
  }
  FS_CHECK(false);
}

Result<Waiting> waiting_of(const Intent& act, const Remote& remote, storage::WorkStore& work) {
  Waiting waiting;
  waiting.act = act.id;
  waiting.what = what_of(act);
  waiting.files = static_cast<int>(act.attachments.size());
  waiting.not_before = act.next_attempt;
  if (remote.data.is_urgent(act.id)) waiting.plan = Waiting::Plan::overridden;
  if (act.attachments.empty()) return waiting;
  for (const storage::Attachment& file : act.attachments) waiting.bytes += file.size;
  TRY_ASSIGN(const auto uploads, work.uploads_of(act.id));
  for (const storage::Upload& upload : uploads) waiting.bytes -= upload.bytes_confirmed();
  return waiting;
}

Prospects prospects_of(const Remote& remote, base::WallTime now) {
  Prospects p;
  p.now = now;
  p.clock_ahead = remote.data.now() - now;
  p.utc_offset_minutes = remote.data.utc_offset_minutes();
  p.link = remote.links.here();
  p.hour = hour_budget(remote.gate, now);
  const auto spike = remote.gate.spike();
  p.calls_in_10_s = spike ? spike->limit : net::tuning::kSpikeLimitAssumed;
  p.plan = remote.data.plan();
  p.cost = remote.data.cost();
  p.use = remote.data.use();
  return p;
}

}  // namespace

Result<Outlook> look_ahead(const Remote& remote, storage::WorkStore& work, base::WallTime now) {
  Outlook outlook;
  TRY_ASSIGN(auto open,
             work.page(storage::WorkStore::Which::open, base::IntentId(0), tuning::kForecastActs));
  if (static_cast<int>(open.size()) >= tuning::kForecastActs) outlook.counted = Counted::not_all;
  for (Intent& act : open) {
    if (act.remote != remote.name || !goes_by_itself(act)) continue;
    TRY_ASSIGN(auto waiting, waiting_of(act, remote, work));
    outlook.acts.push_back({std::move(act), std::move(waiting), {}});
  }
  // As the planner goes: what has no files, then what is wanted now, then the order of capture.
  const auto rank = [](const Outlook::Act& act) {
    if (act.waiting.files == 0) return 0;
    return act.waiting.plan == Waiting::Plan::overridden ? 1 : 2;
  };
  std::stable_sort(outlook.acts.begin(), outlook.acts.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  std::vector<Waiting> in_order;
  for (const Outlook::Act& act : outlook.acts) in_order.push_back(act.waiting);
  const Prospects prospects = prospects_of(remote, now);
  const std::vector<Expected> expected = expect(in_order, prospects);
  outlook.words = to_words(expected, prospects, outlook.counted);
  outlook.files_in = Millis{0};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    outlook.acts[i].expected = expected[i].at;
    if (expected[i].files == 0 || !outlook.files_in) continue;
    outlook.files_in = expected[i].at
                           ? std::optional(std::max(*outlook.files_in, *expected[i].at - now))
                           : std::nullopt;
  }
  return outlook;
}

void give(const Outlook& outlook, Remote& remote, base::WallTime now) {
  for (const Outlook::Act& act : outlook.acts) {
    if (act.expected) remote.forecasts.given(act.intent.id, now, *act.expected);
  }
}

}  // namespace fieldsync::sync
