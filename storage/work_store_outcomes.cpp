#include "storage/intent_order.h"
#include "storage/receipt_chain.h"
#include "storage/work_rows.h"
#include "storage/work_store.h"

/// WorkStore: ids, outcomes, uploads, receipts.
namespace fieldsync::storage {
namespace {

/// Acts that make something new at the service, which no other act may then claim.
bool makes_something(Act act) {
  switch (act) {
    case Act::create:
    case Act::reply:
    case Act::attach:
      return true;
    case Act::edit:
    case Act::remove:
    case Act::restore:
      return false;
  }
  return false;
}

void record_outcome(Database& db, const Intent& i) {
  if (i.result.raw().empty() || !makes_something(i.act)) return;
  db.run("INSERT OR IGNORE INTO outcome(kind, project, service_id, intent) VALUES(?, ?, ?, ?)",
         i.kind.raw(), i.project.raw(), i.result.raw(), i.id.raw());
  if (i.act != Act::create) return;
  db.run(
      "INSERT INTO binding(item, remote, project, kind, service_id, intent) "
      "VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(item) DO UPDATE "
      "SET service_id = excluded.service_id, intent = excluded.intent",
      i.item.raw(), i.remote.raw(), i.project.raw(), i.kind.raw(), i.result.raw(), i.id.raw());
}

void settle(Database& db, const Intent& intent) {
  if (!rewrite_intent(db, intent)) {
    throw no_such_row(db, "intent " + std::to_string(intent.id.raw()));
  }
  record_outcome(db, intent);
  release_waiting(db, intent);
}

}  // namespace

Result<std::optional<ServiceId>> WorkStore::bound_id(const RecordId& item) {
  return guarded([&] {
    std::optional<ServiceId> id;
    if (auto text = db_->text("SELECT service_id FROM binding WHERE item = ?", item.raw())) {
      id = ServiceId(std::move(*text));
    }
    return id;
  });
}

Result<std::optional<RecordId>> WorkStore::bound_item(const KindId& kind, const ProjectId& project,
                                                      const ServiceId& id) {
  return guarded([&] {
    std::optional<RecordId> item;
    auto text = db_->text(
        "SELECT item FROM binding WHERE kind = ? AND project = ? "
        "AND service_id = ? ORDER BY intent LIMIT 1",
        kind.raw(), project.raw(), id.raw());
    if (text) item = RecordId(std::move(*text));
    return item;
  });
}

Result<bool> WorkStore::is_claimed(const KindId& kind, const ProjectId& project,
                                   const ServiceId& id) {
  return guarded([&] {
    return db_
        ->integer("SELECT 1 FROM outcome WHERE kind = ? AND project = ? AND service_id = ?",
                  kind.raw(), project.raw(), id.raw())
        .has_value();
  });
}

Result<> WorkStore::record_sent(Intent intent) {
  intent.state = IntentState::sent;
  intent.depends_on.reset();
  return guarded([&] { db_->transact([&] { settle(*db_, intent); }); });
}

Result<bool> WorkStore::trade_if_claimed(Intent intent, const ServiceId& made) {
  return guarded([&] {
    const auto owner =
        db_->integer("SELECT intent FROM outcome WHERE kind = ? AND project = ? AND service_id = ?",
                     intent.kind.raw(), intent.project.raw(), made.raw());
    if (!owner || *owner == intent.id.raw()) return false;
    db_->transact([&] {
      const auto token = db_->text("SELECT token FROM intent WHERE id = ?", *owner);
      if (!token) throw no_such_row(*db_, "intent " + std::to_string(*owner));
      db_->run("UPDATE intent SET token = ? WHERE id = ?", intent.token, *owner);
      intent.token = *token;
      intent.state = IntentState::queued;
      intent.result = {};
      settle(*db_, intent);
    });
    return true;
  });
}

Result<Receipt> WorkStore::record_delivered(Intent intent, Receipt receipt) {
  intent.state = IntentState::delivered;
  intent.depends_on.reset();
  return guarded([&] {
    db_->transact([&] {
      settle(*db_, intent);
      db_->run("DELETE FROM upload_part WHERE intent = ?", intent.id.raw());
      db_->run("DELETE FROM upload WHERE intent = ?", intent.id.raw());
      receipt = append_receipt(*db_, std::move(receipt));
    });
    return receipt;
  });
}

Result<> WorkStore::save_upload(const Upload& upload) {
  return guarded([&] { db_->transact([&] { store_upload(*db_, upload); }); });
}

Result<std::optional<Upload>> WorkStore::upload(IntentId intent, int position) {
  return guarded([&] { return load_upload(*db_, intent, position); });
}

Result<std::vector<Upload>> WorkStore::uploads_of(IntentId intent) {
  return guarded([&] {
    std::vector<int> positions;
    db_->each(
        "SELECT position FROM upload WHERE intent = ? ORDER BY position",
        [&](const Row& row) { positions.push_back(static_cast<int>(row.integer(0))); },
        intent.raw());
    std::vector<Upload> uploads;
    for (const int position : positions) {
      if (auto upload = load_upload(*db_, intent, position)) uploads.push_back(std::move(*upload));
    }
    return uploads;
  });
}

Result<> WorkStore::save_part_etag(IntentId intent, int position, int part,
                                   const std::string& etag) {
  return guarded([&] {
    const int changed =
        db_->run("UPDATE upload_part SET etag = ? WHERE intent = ? AND position = ? AND part = ?",
                 etag, intent.raw(), position, part);
    if (changed == 0) {
      throw no_such_row(*db_, "part " + std::to_string(part) + " of upload " +
                                  std::to_string(position) + " of intent " +
                                  std::to_string(intent.raw()));
    }
  });
}

Result<> WorkStore::forget_upload(IntentId intent, int position) {
  return guarded([&] { db_->transact([&] { drop_upload(*db_, intent, position); }); });
}

Result<std::vector<Receipt>> WorkStore::receipts(const std::optional<RecordId>& item,
                                                 std::int64_t after, int limit) {
  return guarded([&] {
    std::vector<Receipt> found;
    const auto take = [&](const Row& row) { found.push_back(read_receipt(row)); };
    if (item) {
      db_->each("SELECT " FS_RECEIPT_COLUMNS
                " FROM receipt WHERE item = ? AND number > ? ORDER BY number LIMIT ?",
                take, item->raw(), after, limit);
    } else {
      db_->each("SELECT " FS_RECEIPT_COLUMNS
                " FROM receipt WHERE number > ? ORDER BY number LIMIT ?",
                take, after, limit);
    }
    return found;
  });
}

Result<WorkStore::ChainCheck> WorkStore::verify_receipts() {
  return guarded([&] { return check_chain(*db_); });
}

}  // namespace fieldsync::storage
