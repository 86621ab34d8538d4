#include <algorithm>

#include "agent/sync/local/outlook.h"
#include "agent/verbs/tuning.h"
#include "agent/verbs/verbs.h"
#include "platform/base/time_text.h"

// What is done next, in order, why the rest waits, and when it arrives; and an act sent at once.

namespace fieldsync::verbs {

namespace {

/// The rows of a plan: what is under way, then what is next, then what waits.
class Rows {
 public:
  Rows(Parts& parts, const sync::Outlook& outlook, const sync::Engine::Ahead& ahead)
      : parts_(parts), outlook_(outlook), ahead_(ahead) {}

  Result<base::List> make() {
    for (const sync::Outlook::Act& act : outlook_.acts) {
      if (is_under_way(act)) add(act_row(act), "under_way");
    }
    for (const std::string& key : ahead_.under_way) {
      if (!key.starts_with("item:")) add(Document{{"step", key}}, "under_way");
    }
    for (const sync::Step& step : ahead_.plan.steps) {
      TRY_ASSIGN(Document row, step_row(step));
      row.set("step", sync::name(step.kind));
      add(std::move(row), "next");
    }
    for (const sync::Outlook::Act& act : outlook_.acts) {
      if (!is_under_way(act) && !is_next(act.intent.id)) add(act_row(act), "waits");
    }
    return std::move(rows_);
  }
  int left_out() const { return left_out_; }

 private:
  bool is_under_way(const sync::Outlook::Act& act) const {
    return ahead_.under_way.count(sync::item_key(act.intent.item)) != 0;
  }
  bool is_next(base::IntentId id) const {
    const auto& steps = ahead_.plan.steps;
    return std::any_of(steps.begin(), steps.end(),
                       [id](const sync::Step& step) { return step.intent == id; });
  }

  Document act_row(const sync::Outlook::Act& act) const {
    Document row = to_document(act.intent, parts_);
    row.set("expected_at",
            act.expected ? base::Value(base::to_iso_seconds(*act.expected)) : base::Value());
    return row;
  }

  Result<Document> step_row(const sync::Step& step) const {
    if (step.intent.raw() != 0) {
      for (const sync::Outlook::Act& act : outlook_.acts) {
        if (act.intent.id == step.intent) return act_row(act);
      }
      TRY_ASSIGN(const auto intent, parts_.work->intent(step.intent));
      if (intent) return to_document(*intent, parts_);
    }
    Document row;
    const bool of_record = !step.record.id.raw().empty();
    row.set("project", of_record ? step.record.project.raw() : step.project.raw());
    if (!step.tool.empty()) row.set("tool", step.tool);
    if (of_record) row.set("kind", step.record.kind.raw());
    if (of_record) row.set("service_id", step.record.id.raw());
    if (!step.file.name.empty()) row.set("name", step.file.name);
    return row;
  }

  void add(Document row, const char* when) {
    if (static_cast<int>(rows_.size()) >= tuning::kPlanRowsMax) {
      ++left_out_;
      return;
    }
    row.set("when", when);
    row.set("order", static_cast<std::int64_t>(rows_.size()) + 1);
    rows_.push_back(std::move(row));
  }

  Parts& parts_;
  const sync::Outlook& outlook_;
  const sync::Engine::Ahead& ahead_;
  base::List rows_;
  int left_out_ = 0;
};

Document calls_document(const sync::Remote& remote, base::WallTime now) {
  const auto hour = sync::hour_budget(remote.gate, now);
  if (!hour) return {};
  return Document{{"limit", hour->limit},
                  {"remaining", hour->remaining},
                  {"kept_for_edits", sync::kept_for_people(*hour, now)},
                  {"resets_at", base::to_iso_seconds(hour->resets_at)}};
}

Document data_plan_document(const sync::DataMeter& data) {
  const sync::DataVerdict files = data.files();
  const bool may_go = files.files == sync::DataVerdict::Files::go;
  const sync::DataUse use = data.use();
  Document document{
      {"interface", data.network().interface},
      {"cost", sync::name(data.cost())},
      {"files", may_go ? "go" : "wait"},
      {"why", files.words},
      {"bytes_today",
       Document{{"all", use.always}, {"metered", use.metered}, {"roaming", use.roaming}}}};
  document.set("files_go_at",
               files.until ? base::Value(base::to_iso_seconds(*files.until)) : base::Value());
  return document;
}

/// The open acts a person means: one by its number, or all of a record.
Result<std::vector<storage::Intent>> open_acts_of(Parts& parts, const std::string& item) {
  std::vector<storage::Intent> acts;
  if (const auto number = intent_number(item)) {
    TRY_ASSIGN(auto intent, parts.work->intent(*number));
    if (!intent) {
      return base::Failure{base::Cause::not_found, "no act " + item + " in the queue"};
    }
    if (storage::is_open(intent->state)) acts.push_back(std::move(*intent));
    return acts;
  }
  TRY_ASSIGN(sync::ViewRecord record, parts.view->record(base::RecordId(item)));
  return std::move(record.pending);
}

}  // namespace

Result<sync::Outlook> give_outlook(Parts& parts, const app::RemoteParts& account) {
  const base::WallTime now = parts.steady.wall();
  TRY_ASSIGN(auto outlook, sync::look_ahead(*account.remote, *parts.work, now));
  sync::give(outlook, *account.remote, now);
  return outlook;
}

Document forecast_document(const sync::Outlook& outlook, const sync::Remote& remote) {
  std::int64_t edits = 0;
  std::int64_t files = 0;
  base::ByteCount bytes = 0;
  for (const sync::Outlook::Act& act : outlook.acts) {
    if (act.waiting.files == 0) ++edits;
    files += act.waiting.files;
    bytes += act.waiting.bytes;
  }
  Document document{{"edits", edits}, {"files", files}, {"bytes", bytes}, {"words", outlook.words}};
  document.set("seconds", outlook.files_in ? base::Value(outlook.files_in->count() / 1'000)
                                           : base::Value(nullptr));
  const auto error = remote.forecasts.median_error_percent();
  document.set("median_error_percent", error ? base::Value(*error) : base::Value(nullptr));
  document.set("forecasts_measured", remote.forecasts.measured());
  return document;
}

Result<Document> plan(Parts& parts) {
  base::List remotes;
  for (const auto& account : parts.remotes) {
    TRY_ASSIGN(const auto outlook, give_outlook(parts, *account));
    TRY_ASSIGN(const auto ahead, account->engine->look_at_plan());
    Rows rows(parts, outlook, ahead);
    TRY_ASSIGN(auto steps, rows.make());
    remotes.push_back(Document{{"remote", account->config.name.raw()},
                               {"steps", std::move(steps)},
                               {"left_out", rows.left_out()},
                               {"forecast", forecast_document(outlook, *account->remote)},
                               {"calls", calls_document(*account->remote, parts.steady.wall())}});
  }
  return Document{{"remotes", std::move(remotes)}, {"data_plan", data_plan_document(*parts.data)}};
}

Result<Document> send(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const std::string item, required_text(arguments, "item"));
  TRY_ASSIGN(const auto acts, open_acts_of(parts, item));
  if (acts.empty()) {
    return base::Failure{base::Cause::not_found, item + ": nothing of it waits to be sent"};
  }
  int held = 0;
  for (const storage::Intent& act : acts) {
    if (act.state == storage::IntentState::held) {
      ++held;
      continue;
    }
    TRY(parts.data->send_now(act.id));
  }
  TRY(parts.work->make_due(acts.front().item));
  for (const auto& remote : parts.remotes) {
    remote->remote->link.try_now();
    remote->engine->nudge();
  }
  return Document{{"item", acts.front().item.raw()},
                  {"count", static_cast<std::int64_t>(acts.size()) - held},
                  {"held", held}};
}

}  // namespace fieldsync::verbs
