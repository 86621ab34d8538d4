#include "agent/sync/local/explain.h"
#include "agent/verbs/tuning.h"
#include "agent/verbs/verbs.h"
#include "platform/base/time_text.h"

namespace fieldsync::verbs {

using base::Cause;
using base::Failure;
using storage::IntentState;

namespace {

/// A person wants the original of a photo on the link there is.
bool goes_at_once(storage::Intent& intent) {
  const bool waits = intent.state == storage::IntentState::queued &&
                     intent.picture == storage::Picture::after_preview;
  if (!waits) return false;
  intent.picture = storage::Picture::whole;
  intent.cause = base::Cause::none;
  intent.evidence.clear();
  return true;
}

Document counts_document(const storage::QueueCounts& counts) {
  return Document{
      {"queued", counts.queued},       {"waiting", counts.waiting},     {"sending", counts.sending},
      {"in_doubt", counts.in_doubt},   {"sent", counts.sent},           {"held", counts.held},
      {"delivered", counts.delivered}, {"cancelled", counts.cancelled}, {"open", counts.open()}};
}

Document receipt_document(const storage::Receipt& receipt) {
  return Document{{"number", receipt.number},
                  {"intent", receipt.intent.raw()},
                  {"item", receipt.item.raw()},
                  {"kind", receipt.kind.raw()},
                  {"action", storage::name(receipt.act)},
                  {"project", receipt.project.raw()},
                  {"service_id", receipt.service_id.raw()},
                  {"captured_at", base::to_iso_millis(receipt.captured_at)},
                  {"delivered_at", base::to_iso_millis(receipt.delivered_at)},
                  {"proof", receipt.proof},
                  {"previous", receipt.previous.hex()},
                  {"hash", receipt.hash.hex()}};
}

Result<Document> explain_record(Parts& parts, const base::RecordId& item) {
  TRY_ASSIGN(const sync::ViewRecord record, parts.view->record(item));
  base::List explanations;
  for (const storage::Intent& intent : record.pending) {
    explanations.push_back(to_document(intent, parts));
  }
  Document answer{{"item", record.id.raw()}, {"state", sync::name(record.state)}};
  TRY_ASSIGN(const auto kept, parts.work->receipts(record.id, 0, tuning::kReceiptRowsMax));
  if (record.pending.empty()) {
    const auto* kind = kinds::find_kind(record.kind.raw());
    std::optional<storage::ToolState> tool;
    if (kind) {
      TRY_ASSIGN(tool, parts.mirror->tool_state(record.remote, record.project, kind->tool));
    }
    if (const app::RemoteParts* remote = parts.find_remote(record.remote); remote && tool) {
      tool = sync::as_held_up(*tool, *remote->remote, parts.steady.wall());
    }
    const auto latest = kept.empty() ? std::nullopt : std::optional(kept.back());
    explanations.push_back(sync::to_document(sync::explain(record, tool, latest)));
  }
  answer.set("explanations", std::move(explanations));
  base::List receipts;
  for (const storage::Receipt& receipt : kept) receipts.push_back(receipt_document(receipt));
  answer.set("receipts", std::move(receipts));
  return answer;
}

}  // namespace

Result<Document> queue(Parts& parts, const Document& arguments) {
  const base::Value* all = arguments.find("all");
  const bool ended_too = all && all->as_bool() && *all->as_bool();
  TRY_ASSIGN(
      const auto intents,
      parts.work->page(ended_too ? storage::WorkStore::Which::all : storage::WorkStore::Which::open,
                       base::IntentId(arguments.integer("after")), tuning::kQueueRowsMax));
  base::List rows;
  for (const storage::Intent& intent : intents) rows.push_back(to_document(intent, parts));
  TRY_ASSIGN(const auto counts, parts.work->counts());
  return Document{{"intents", std::move(rows)}, {"counts", counts_document(counts)}};
}

Result<Document> why(Parts& parts, const Document& arguments) {
  TRY_ASSIGN(const std::string item, required_text(arguments, "item"));
  if (const auto number = intent_number(item)) {
    TRY_ASSIGN(const auto intent, parts.work->intent(*number));
    if (!intent) return Failure{Cause::not_found, "no act " + item + " in the queue"};
    if (intent->state != IntentState::delivered) {
      return Document{{"item", intent->item.raw()},
                      {"state", storage::name(intent->state)},
                      {"explanations", base::List{to_document(*intent, parts)}}};
    }
    return explain_record(parts, intent->item);
  }
  return explain_record(parts, base::RecordId(item));
}

Result<Document> retry(Parts& parts, const Document& arguments) {
  std::optional<base::RecordId> item;
  if (!arguments.text("item").empty()) {
    TRY_ASSIGN(const auto record, parts.view->record(base::RecordId(arguments.text("item"))));
    item = record.id;
  }
  TRY_ASSIGN(int count, parts.work->make_due(item));
  // What was held is tried again too: the person says the reason is gone.
  TRY(parts.work->each_open([&](storage::Intent intent) -> Result<> {
    if (item && intent.item != *item) return base::Done{};
    if (item && goes_at_once(intent)) return parts.work->change({intent});
    if (intent.state != IntentState::held) return base::Done{};
    // Held on purpose: only by its name it is let go.
    if (!item && intent.cause == Cause::held_by_person) return base::Done{};
    intent.state = storage::resumed_state(intent);
    intent.next_attempt = {};
    intent.attempts = 0;
    ++count;
    return parts.work->change({intent});
  }));
  for (const auto& remote : parts.remotes) {
    remote->remote->link.try_now();
    remote->remote->breakers.try_now();
    remote->engine->nudge();
  }
  return Document{{"count", count}};
}

Result<Document> receipts(Parts& parts, const Document& arguments) {
  std::optional<base::RecordId> item;
  if (!arguments.text("item").empty()) {
    TRY_ASSIGN(const auto record, parts.view->record(base::RecordId(arguments.text("item"))));
    item = record.id;
  }
  TRY_ASSIGN(const auto kept,
             parts.work->receipts(item, arguments.integer("after"), tuning::kReceiptRowsMax));
  base::List rows;
  for (const storage::Receipt& receipt : kept) rows.push_back(receipt_document(receipt));
  Document answer{{"receipts", std::move(rows)}};
  const base::Value* verify = arguments.find("verify");
  if (verify && verify->as_bool() && *verify->as_bool()) {
    TRY_ASSIGN(const auto check, parts.work->verify_receipts());
    std::string problem;
    for (const std::string& fault : check.faults) problem += (problem.empty() ? "" : "; ") + fault;
    answer.set("check", Document{{"intact", base::Value(check.faults.empty())},
                                 {"checked", check.rows},
                                 {"problem", problem}});
  }
  return answer;
}

}  // namespace fieldsync::verbs
