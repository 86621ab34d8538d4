#include "agent/sync/reconcile/deliveries.h"

#include <map>

#include "agent/merge/three_way.h"
#include "agent/sync/reconcile/absence.h"
#include "agent/sync/reconcile/binding.h"
#include "agent/sync/reconcile/conflicts.h"
#include "agent/sync/reconcile/tuning.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::Cause;
using base::Document;
using base::Failure;
using base::Result;
using storage::Act;
using storage::Intent;
using storage::IntentState;

namespace {

/// What was read back, as evidence: the fields that were sent, and each attachment's digest.
Document proof_of(const Intent& intent, const net::RemoteRecord& record) {
  Document fields;
  for (const base::Field& sent : intent.fields) {
    const base::Value* seen = record.fields.find(sent.name);
    fields.set(sent.name, seen ? *seen : sent.value);
  }
  base::List files;
  for (const storage::Attachment& attachment : intent.attachments) {
    files.push_back(Document{
        {"name", attachment.name}, {"size", attachment.size}, {"sha256", attachment.blob.hex()}});
  }
  Document proof{{"record", record.id.raw()}, {"fields", fields}, {"files", files}};
  if (record.updated_at) proof.set("service_updated_at", base::to_iso_seconds(*record.updated_at));
  return proof;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "; ") + line;
  return text;
}

}  // namespace

Result<std::vector<Deliveries::Awaited>> Deliveries::awaited(
    const base::ProjectId& project, const std::vector<net::RemoteRecord>& records) {
  std::map<base::KindId, std::map<base::ServiceId, base::RecordId>> items_of;
  std::vector<Awaited> found;
  for (const net::RemoteRecord& record : records) {
    if (items_of.count(record.kind) == 0) {
      auto& items = items_of[record.kind];
      TRY_ASSIGN(const auto open, context_.work.items_with_open_intents(project, record.kind));
      for (const base::RecordId& item : open) {
        TRY_ASSIGN(const auto id, service_id(context_.work, item));
        if (id) items.emplace(*id, item);
      }
    }
    const auto& items = items_of[record.kind];
    const auto at = items.find(record.id);
    if (at == items.end()) continue;
    TRY_ASSIGN(auto intents, context_.work.open_intents_of(at->second));
    for (Intent& intent : intents) found.push_back({std::move(intent), &record});
  }
  return found;
}

Result<> Deliveries::observed(const base::ProjectId& project,
                              const std::vector<net::RemoteRecord>& records) {
  TRY_ASSIGN(const auto found, awaited(project, records));
  for (const Awaited& each : found) {
    const bool provable = each.intent.state == IntentState::sent && each.intent.act != Act::remove;
    if (provable) TRY(check(each.intent, *each.record));
  }
  return base::Done{};
}

Result<> Deliveries::returning(const base::ProjectId& project,
                               const std::vector<net::RemoteRecord>& records) {
  TRY_ASSIGN(auto found, awaited(project, records));
  for (Awaited& each : found) {
    Intent& intent = each.intent;
    if (intent.state != IntentState::held) continue;
    TRY_ASSIGN(const auto stored, context_.mirror.record({context_.remote.name, project,
                                                          each.record->kind, each.record->id}));
    TRY(take_back(context_, {std::move(intent)}, stored));
  }
  return base::Done{};
}

Result<std::vector<std::string>> Deliveries::missing(const Intent& intent,
                                                     const net::RemoteRecord& record) {
  TRY_ASSIGN(net::PushOp op, bind(context_, intent));
  if (intent.act == Act::edit) {
    const auto* kind = kinds::find_kind(intent.kind.raw());
    FS_CHECK(kind != nullptr);
    const merge::Merged merged = merge::three_way(*kind, intent.base, op.fields, record.fields);
    op.fields = merged.to_send;
    for (const merge::FieldConflict& conflict : merged.conflicts) {
      op.fields.set(conflict.field, conflict.ours);
    }
  }
  op.result = intent.result;
  return context_.remote.service.missing_in(op, record);
}

Result<std::vector<merge::FieldConflict>> Deliveries::overwritten(const Intent& intent,
                                                                  const net::RemoteRecord& record) {
  std::vector<merge::FieldConflict> found;
  if (intent.act != Act::edit) return found;
  TRY_ASSIGN(net::PushOp op, bind(context_, intent));
  const auto* kind = kinds::find_kind(intent.kind.raw());
  FS_CHECK(kind != nullptr);
  const merge::Merged merged = merge::three_way(*kind, intent.base, op.fields, record.fields);
  op.result = intent.result;
  for (const merge::FieldConflict& conflict : merged.conflicts) {
    // The adapter knows which differences are only the service's way of writing the same.
    op.fields = Document{{conflict.field, conflict.ours}};
    if (!context_.remote.service.missing_in(op, record).empty()) found.push_back(conflict);
  }
  return found;
}

Result<> Deliveries::check(const Intent& intent, const net::RemoteRecord& record) {
  // A summary cannot show everything; what it lacks is no evidence against the delivery.
  const bool whole = record.extent == net::Extent::full;
  TRY_ASSIGN(const auto lacks, missing(intent, record));
  if (lacks.empty() && whole) return deliver(intent, proof_of(intent, record));
  if (!whole) return base::Done{};
  Intent changed = intent;
  TRY_ASSIGN(const auto conflicts, overwritten(intent, record));
  if (!conflicts.empty()) {
    TRY_ASSIGN(const bool some_left, hold_conflicts(context_, outcomes_, changed, conflicts));
    return some_left ? check(changed, record) : base::Done{};
  }
  const Failure failure{Cause::not_read_back_yet, "the service does not show " + joined(lacks)};
  if (changed.attempts + 1 >= tuning::kReadBackMax) {
    return outcomes_.held(changed,
                          {Cause::refused_by_service, "sent and accepted, but " + failure.what});
  }
  return outcomes_.unproven(changed, failure);
}

Result<> Deliveries::removed(const Intent& intent) {
  return deliver(intent, Document{{"record", intent.result.raw()}, {"removed", base::Value(true)}});
}

Result<> Deliveries::deliver(const Intent& intent, Document proof) {
  storage::Receipt receipt;
  receipt.intent = intent.id;
  receipt.item = intent.item;
  receipt.kind = intent.kind;
  receipt.act = intent.act;
  receipt.project = intent.project;
  receipt.remote = intent.remote;
  receipt.service_id = intent.result;
  receipt.captured_at = intent.captured_at;
  receipt.delivered_at = context_.now();
  receipt.proof = std::move(proof);
  TRY(context_.work.record_delivered(intent, std::move(receipt)));
  context_.remote.forecasts.delivered(intent.id, context_.now());
  context_.log.info("intent.delivered",
                    {{"intent", intent.id.raw()}, {"record", intent.result.raw()}});
  return base::Done{};
}

}  // namespace fieldsync::sync
