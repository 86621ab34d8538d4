#include <algorithm>

#include "storage/codec.h"
#include "storage/intent_order.h"
#include "storage/work_names.h"
#include "storage/work_rows.h"
#include "storage/work_store.h"

/// WorkStore: what people decide about acts, several rows at a time.
namespace fieldsync::storage {
namespace {

using base::List;
using base::Value;

Value to_value(const std::vector<ActSnapshot>& acts) {
  List list;
  for (const ActSnapshot& act : acts) {
    list.push_back(Document{{"id", act.id.raw()},
                            {"state", name(act.state)},
                            {"cause", base::info(act.cause).id},
                            {"evidence", act.evidence},
                            {"fields", act.fields},
                            {"base", act.base}});
  }
  return list;
}

Document member(const Document& document, std::string_view name) {
  const Value* value = document.find(name);
  const Document* found = value ? value->as_document() : nullptr;
  return found ? *found : Document{};
}

std::vector<ActSnapshot> snapshots_in(const Document& archive, std::string_view name) {
  std::vector<ActSnapshot> acts;
  const Value* value = archive.find(name);
  const List* list = value ? value->as_list() : nullptr;
  if (!list) return acts;
  for (const Value& entry : *list) {
    const Document* row = entry.as_document();
    if (!row) continue;
    acts.push_back({IntentId(row->integer("id")),
                    intent_state_from(row->text("state")).value_or(IntentState::held),
                    base::cause_from_id(row->text("cause")).value_or(Cause::work_damaged),
                    row->text("evidence"), member(*row, "fields"), member(*row, "base")});
  }
  return acts;
}

std::vector<ActSnapshot> snapshots_of(Database& db, const std::vector<Intent>& intents) {
  std::vector<ActSnapshot> acts;
  for (const Intent& intent : intents) {
    db.each(
        "SELECT " FS_INTENT_COLUMNS " FROM intent WHERE id = ?",
        [&](const Row& row) { acts.push_back(snapshot_of(read_intent(row))); }, intent.id.raw());
  }
  return acts;
}

/// In two passes, so that none of the changed ones is released by the change of another.
void change_all(Database& db, std::vector<Intent>& changed) {
  std::sort(changed.begin(), changed.end(),
            [](const Intent& a, const Intent& b) { return a.id < b.id; });
  for (Intent& intent : changed) {
    // One that waits goes on waiting for the same act, if that still blocks it.
    const bool waits = intent.state == IntentState::waiting;
    if (!waits) intent.depends_on.reset();
    if (waits || intent.state == IntentState::queued) place_in_order(db, intent);
    if (!rewrite_intent(db, intent)) {
      throw no_such_row(db, "intent " + std::to_string(intent.id.raw()));
    }
  }
  for (const Intent& intent : changed) release_waiting(db, intent);
}

}  // namespace

Result<> WorkStore::change(std::vector<Intent> changed) {
  return guarded([&] { db_->transact([&] { change_all(*db_, changed); }); });
}

Result<Resolution> WorkStore::decide(std::vector<Intent> changed, std::vector<Intent> added,
                                     Resolution resolution) {
  auto decided = guarded([&] {
    db_->transact([&] {
      resolution.before = snapshots_of(*db_, changed);
      change_all(*db_, changed);
      std::int64_t id = next_id_;
      for (Intent& intent : added) {
        intent.id = IntentId(id++);
        place_in_order(*db_, intent);
        insert_intent(*db_, intent);
      }
      resolution.after = snapshots_of(*db_, changed);
      for (ActSnapshot& made : snapshots_of(*db_, added)) {
        resolution.after.push_back(std::move(made));
      }
      db_->run("INSERT INTO resolution(item, take, author, made_at, archive) VALUES(?, ?, ?, ?, ?)",
               resolution.item.raw(), resolution.take, resolution.author,
               resolution.made_at.since_epoch.count(),
               Bind::blob(encode(Document{{"before", to_value(resolution.before)},
                                          {"after", to_value(resolution.after)}})));
      resolution.number = db_->last_insert_id();
    });
  });
  TRY(decided);
  next_id_ += static_cast<std::int64_t>(added.size());
  return resolution;
}

Result<std::optional<Resolution>> WorkStore::last_resolution(const RecordId& item) {
  return guarded([&] {
    std::optional<Resolution> found;
    db_->each(
        "SELECT number, item, take, author, made_at, archive FROM resolution WHERE item = ? "
        "ORDER BY number DESC LIMIT 1",
        [&](const Row& row) {
          const auto archive = decode_document(row.bytes(5));
          if (!archive.ok()) throw SqlError(archive.failure());
          found = Resolution{row.integer(0),
                             RecordId(row.text(1)),
                             row.text(2),
                             row.text(3),
                             WallTime{base::Millis(row.integer(4))},
                             snapshots_in(*archive, "before"),
                             snapshots_in(*archive, "after")};
        },
        item.raw());
    return found;
  });
}

Result<> WorkStore::undo(const Resolution& resolution, std::vector<Intent> changed) {
  return guarded([&] {
    db_->transact([&] {
      change_all(*db_, changed);
      db_->run("DELETE FROM resolution WHERE number = ?", resolution.number);
    });
  });
}

}  // namespace fieldsync::storage
