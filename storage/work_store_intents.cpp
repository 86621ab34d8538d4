#include <algorithm>

#include "storage/codec.h"
#include "storage/intent_order.h"
#include "storage/tuning.h"
#include "storage/work_names.h"
#include "storage/work_rows.h"
#include "storage/work_store.h"

/// WorkStore: the outbox.
namespace fieldsync::storage {
namespace {

/// Those of the states with something to do that any act is in: most of the time none, and of
/// the others nothing need be asked. (Three names in an IN would cost SQLite a table each time.)
std::vector<std::string> workable_states(Database& db) {
  std::vector<std::string> states;
  db.each("SELECT state FROM tally WHERE amount > 0", [&](const Row& row) {
    const std::string_view state = row.bytes(0);
    if (state == "queued" || state == "in_doubt" || state == "sent") states.emplace_back(state);
  });
  return states;
}

struct Candidate {
  int heavy;
  std::int64_t id;
  auto operator<=>(const Candidate&) const = default;
};

void collect(Database& db, std::vector<Candidate>& found, int heavy, std::string_view sql,
             std::string_view remote, std::string_view state, std::int64_t now, int limit) {
  db.each(
      sql,
      [&](const Row& row) {
        found.push_back({heavy, row.integer(0)});
      },
      remote, state, heavy, now, limit);
}

/// Those never postponed lie in the index by id; retries by the time they are due.
std::vector<Candidate> collect_due(Database& db, const std::vector<std::string>& states, int heavy,
                                   std::string_view remote, std::int64_t now, int limit) {
  std::vector<Candidate> found;
  for (const std::string& state : states) {
    collect(db, found, heavy,
            "SELECT id FROM intent INDEXED BY intent_open WHERE " FS_OPEN
            " AND remote = ? AND state = ? AND heavy = ? AND next_attempt = 0 AND ? >= 0 "
            "ORDER BY id LIMIT ?",
            remote, state, now, limit);
    collect(db, found, heavy,
            "SELECT id FROM intent INDEXED BY intent_open WHERE " FS_OPEN
            " AND remote = ? AND state = ? AND heavy = ? AND next_attempt > 0 "
            "AND next_attempt <= ? ORDER BY next_attempt LIMIT ?",
            remote, state, now, std::max(limit, tuning::kDueWindow));
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Intent> intents_where(Database& db, std::string_view sql, std::string_view item) {
  std::vector<Intent> found;
  db.each(
      sql, [&](const Row& row) { found.push_back(read_intent(row)); }, item);
  return found;
}

std::optional<Intent> load_intent(Database& db, std::int64_t id) {
  std::optional<Intent> found;
  db.each(
      "SELECT " FS_INTENT_COLUMNS " FROM intent WHERE id = ?",
      [&](const Row& row) { found = read_intent(row); }, id);
  return found;
}

std::int64_t& count_of(QueueCounts& counts, IntentState state) {
  switch (state) {
    case IntentState::queued:
      return counts.queued;
    case IntentState::waiting:
      return counts.waiting;
    case IntentState::sending:
      return counts.sending;
    case IntentState::in_doubt:
      return counts.in_doubt;
    case IntentState::sent:
      return counts.sent;
    case IntentState::held:
      return counts.held;
    case IntentState::delivered:
      return counts.delivered;
    case IntentState::cancelled:
      return counts.cancelled;
  }
  FS_CHECK(false);
}

std::int64_t count_open(Database& db) {
  return db.integer("SELECT sum(amount) FROM tally WHERE " FS_OPEN).value_or(0);
}

void check_room(Database& db, std::size_t more) {
  const auto open = count_open(db);
  if (open + static_cast<std::int64_t>(more) <= tuning::kOpenIntentsMax) return;
  throw SqlError({Cause::limit_reached, db.path() + ": " + std::to_string(open) +
                                            " acts wait to be sent; at most " +
                                            std::to_string(tuning::kOpenIntentsMax) + " are kept"});
}

std::vector<RecordId> items_where(Database& db, std::string_view sql, const ProjectId& project,
                                  const KindId& kind) {
  std::vector<RecordId> items;
  db.each(
      sql, [&](const Row& row) { items.emplace_back(row.text(0)); }, project.raw(), kind.raw());
  return items;
}

}  // namespace

Result<std::vector<Intent>> WorkStore::add(std::vector<Intent> intents) {
  auto added = guarded([&] {
    db_->transact([&] {
      check_room(*db_, intents.size());
      std::int64_t id = next_id_;
      for (Intent& intent : intents) {
        intent.id = IntentId(id++);
        place_in_order(*db_, intent);
        insert_intent(*db_, intent);
      }
    });
  });
  TRY(added);
  next_id_ += static_cast<std::int64_t>(intents.size());
  return intents;
}

Result<std::optional<Intent>> WorkStore::intent(IntentId id) {
  return guarded([&] { return load_intent(*db_, id.raw()); });
}

Result<> WorkStore::update(const Intent& intent) {
  return guarded([&] {
    db_->transact([&] {
      if (!rewrite_intent(*db_, intent)) {
        throw no_such_row(*db_, "intent " + std::to_string(intent.id.raw()));
      }
    });
  });
}

Result<Intent> WorkStore::split_off(const Intent& rest, Intent apart) {
  auto split = guarded([&] {
    db_->transact([&] {
      if (!rewrite_intent(*db_, rest)) {
        throw no_such_row(*db_, "intent " + std::to_string(rest.id.raw()));
      }
      apart.id = IntentId(next_id_);
      insert_intent(*db_, apart);
      release_waiting(*db_, rest);
    });
  });
  TRY(split);
  ++next_id_;
  return apart;
}

Result<> WorkStore::update_and_release(const Intent& intent) {
  return guarded([&] {
    db_->transact([&] {
      if (!rewrite_intent(*db_, intent)) {
        throw no_such_row(*db_, "intent " + std::to_string(intent.id.raw()));
      }
      release_waiting(*db_, intent);
    });
  });
}

Result<std::vector<Intent>> WorkStore::due(const RemoteName& remote, WallTime now, int limit) {
  return guarded([&] {
    const auto at = now.since_epoch.count();
    const auto states = workable_states(*db_);
    auto found = collect_due(*db_, states, 0, remote.raw(), at, limit);
    const auto heavy = collect_due(*db_, states, 1, remote.raw(), at, limit);
    std::vector<Intent> intents;
    // However many small ones there are, the way for files stays in use beside them.
    const auto places = static_cast<std::size_t>(limit);
    const std::size_t kept_free = std::min(heavy.size(), places / tuning::kHeavyShare);
    if (found.size() > places - kept_free) found.resize(places - kept_free);
    found.insert(found.end(), heavy.begin(), heavy.end());
    for (const Candidate& candidate : found) {
      if (static_cast<int>(intents.size()) >= limit) break;
      auto intent = load_intent(*db_, candidate.id);
      // One whose content is damaged is nothing to work on; the queue shows it as held.
      if (intent && intent->cause != Cause::work_damaged) intents.push_back(std::move(*intent));
    }
    return intents;
  });
}

Result<std::optional<WallTime>> WorkStore::next_due(const RemoteName& remote, WallTime now) {
  return guarded([&] {
    std::optional<std::int64_t> earliest;
    for (const std::string& state : workable_states(*db_)) {
      for (const int heavy : {0, 1}) {
        const auto at =
            db_->integer("SELECT next_attempt FROM intent INDEXED BY intent_open WHERE " FS_OPEN
                         " AND remote = ? AND state = ? AND heavy = ? AND next_attempt > ? "
                         "ORDER BY next_attempt LIMIT 1",
                         remote.raw(), state, heavy, now.since_epoch.count());
        if (at && (!earliest || *at < *earliest)) earliest = at;
      }
    }
    std::optional<WallTime> time;
    if (earliest) time = WallTime{base::Millis(*earliest)};
    return time;
  });
}

Result<std::vector<Intent>> WorkStore::open_intents_of(const RecordId& item) {
  return guarded([&] {
    return intents_where(*db_,
                         "SELECT " FS_INTENT_COLUMNS
                         " FROM intent INDEXED BY intent_item WHERE item = ? AND " FS_OPEN
                         " ORDER BY id",
                         item.raw());
  });
}

Result<std::vector<Intent>> WorkStore::intents_of(const RecordId& item) {
  return guarded([&] {
    return intents_where(*db_,
                         "SELECT " FS_INTENT_COLUMNS
                         " FROM intent INDEXED BY intent_item WHERE item = ? ORDER BY id",
                         item.raw());
  });
}

Result<std::vector<Intent>> WorkStore::page(Which which, IntentId after, int limit) {
  // The index on open intents knows no order by id; sorting its ids is still far cheaper than
  // walking past years of delivered rows.
  constexpr const char* kOpen =
      "SELECT " FS_INTENT_COLUMNS
      " FROM intent WHERE id IN (SELECT id FROM intent INDEXED BY "
      "intent_open WHERE " FS_OPEN " AND id > ? ORDER BY id LIMIT ?) ORDER BY id";
  constexpr const char* kAll =
      "SELECT " FS_INTENT_COLUMNS " FROM intent WHERE id > ? ORDER BY id LIMIT ?";
  return guarded([&] {
    std::vector<Intent> found;
    db_->each(
        which == Which::open ? kOpen : kAll,
        [&](const Row& row) { found.push_back(read_intent(row)); }, after.raw(), limit);
    return found;
  });
}

Result<> WorkStore::each_open(const std::function<Result<>(const Intent&)>& visit) {
  IntentId after(0);
  for (;;) {
    TRY_ASSIGN(const auto intents, page(Which::open, after, tuning::kOpenPageRows));
    for (const Intent& intent : intents) {
      after = intent.id;
      TRY(visit(intent));
    }
    if (static_cast<int>(intents.size()) < tuning::kOpenPageRows) return base::Done{};
  }
}

Result<QueueCounts> WorkStore::counts() {
  return guarded([&] {
    QueueCounts counts;
    db_->each("SELECT state, amount FROM tally", [&](const Row& row) {
      const auto state = intent_state_from(row.bytes(0));
      if (state) count_of(counts, *state) = row.integer(1);
    });
    return counts;
  });
}

Result<std::vector<RecordId>> WorkStore::local_items(const ProjectId& project, const KindId& kind) {
  return guarded([&] {
    return items_where(*db_,
                       "SELECT item FROM intent INDEXED BY intent_open WHERE " FS_OPEN
                       " AND act = 'create' AND project = ? AND kind = ? ORDER BY id",
                       project, kind);
  });
}

Result<std::vector<RecordId>> WorkStore::items_with_open_intents(const ProjectId& project,
                                                                 const KindId& kind) {
  return guarded([&] {
    // As for most pages that are read.
    if (count_open(*db_) == 0) return std::vector<RecordId>();
    return items_where(*db_,
                       "SELECT DISTINCT item FROM intent INDEXED BY intent_open WHERE " FS_OPEN
                       " AND project = ? AND kind = ? ORDER BY item",
                       project, kind);
  });
}

Result<int> WorkStore::make_due(const std::optional<RecordId>& item) {
  return guarded([&] {
    if (item) {
      return db_->run(
          "UPDATE intent INDEXED BY intent_item SET next_attempt = 0 "
          "WHERE item = ? AND next_attempt <> 0 AND " FS_OPEN,
          item->raw());
    }
    return db_->run(
        "UPDATE intent SET next_attempt = 0 WHERE id IN (SELECT id FROM intent "
        "INDEXED BY intent_open WHERE " FS_OPEN " AND next_attempt <> 0)");
  });
}

Result<int> WorkStore::postpone(const RemoteName& remote, const KindId& kind, IntentState state,
                                std::optional<Act> act, WallTime until) {
  return guarded([&] {
    const auto at = until.since_epoch.count();
    return db_->run(
        "UPDATE intent SET next_attempt = ? WHERE id IN (SELECT id FROM intent "
        "INDEXED BY intent_open WHERE " FS_OPEN
        " AND remote = ? AND state = ? AND next_attempt < ? AND kind = ? AND act LIKE ?)",
        at, remote.raw(), name(state), at, kind.raw(), act ? name(*act) : "%");
  });
}

Result<> WorkStore::hasten(const RemoteName& remote, base::Cause cause, WallTime at) {
  return guarded([&] {
    const auto latest = at.since_epoch.count();
    db_->run(
        "UPDATE intent SET next_attempt = ? WHERE id IN (SELECT id FROM intent "
        "INDEXED BY intent_open WHERE " FS_OPEN
        " AND remote = ? AND state = 'queued' AND next_attempt > ? AND cause = ?)",
        latest, remote.raw(), latest, base::info(cause).id);
    return base::Done{};
  });
}

Result<int> WorkStore::recover_after_restart() {
  return guarded([&] {
    int in_doubt = 0;
    if (count_open(*db_) == 0) return in_doubt;
    db_->transact([&] {
      in_doubt = db_->run(
          "UPDATE intent SET state = 'in_doubt' WHERE id IN (SELECT id FROM intent "
          "INDEXED BY intent_open WHERE " FS_OPEN " AND state = 'sending')");
      db_->run("UPDATE upload SET state = 'planned' WHERE state = 'creating'");
      release_orphans(*db_);
    });
    return in_doubt;
  });
}

Result<std::vector<Digest>> WorkStore::needed_blobs() {
  return guarded([&] {
    std::vector<Digest> blobs;
    db_->each(
        "SELECT payload FROM intent WHERE id IN (SELECT id FROM intent INDEXED BY "
        "intent_open WHERE " FS_OPEN " AND heavy = 1)",
        [&](const Row& row) {
          const auto payload = decode_payload(row.bytes(0));
          // Without its content nobody knows what it needs: nothing may be thrown away then.
          if (!payload.ok()) throw SqlError(payload.failure());
          for (const auto& attachment : payload->attachments) blobs.push_back(attachment.blob);
          for (const auto& attachment : payload->kept) blobs.push_back(attachment.blob);
        });
    std::sort(blobs.begin(), blobs.end());
    blobs.erase(std::unique(blobs.begin(), blobs.end()), blobs.end());
    return blobs;
  });
}

}  // namespace fieldsync::storage
