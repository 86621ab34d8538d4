#include "storage/intent_order.h"

#include <vector>

#include "storage/work_names.h"

namespace fieldsync::storage {
namespace {

/// blocks_later_ones as SQL.
constexpr const char* kBlockerOf =
    "SELECT max(id) FROM intent INDEXED BY intent_item WHERE item = ? AND id < ? "
    "AND (state IN ('queued', 'waiting', 'sending', 'in_doubt') "
    "OR (state = 'held' AND act = 'create'))";

/// One that waits, with what the rules look at.
struct Waiting {
  std::int64_t id;
  std::string item;
  std::string act;
};

std::optional<std::int64_t> blocker_of(Database& db, std::string_view item, std::int64_t id) {
  const auto found = db.integer(kBlockerOf, item, id).value_or(0);
  return found > 0 ? std::optional(found) : std::nullopt;
}

/// Whether the intent that `intent` was told to wait for keeps it waiting.
bool dependency_blocks(Database& db, const Intent& intent) {
  const auto id = intent.depends_on->raw();
  std::optional<IntentState> state;
  std::optional<Act> act;
  db.each(
      "SELECT state, act FROM intent WHERE id = ?",
      [&](const Row& row) {
        state = intent_state_from(row.text(0));
        act = act_from(row.text(1));
      },
      id);
  if (state && act && *state != IntentState::cancelled) return blocks_later_ones(*state, *act);
  throw SqlError({base::Cause::bad_input, db.path() + ": the intent " + std::to_string(id) +
                                              " that this one waits for " +
                                              (state ? "was cancelled" : "is not there")});
}

void queue_or_chain(Database& db, const Waiting& w) {
  if (const auto blocker = blocker_of(db, w.item, w.id)) {
    db.run("UPDATE intent SET depends_on = ? WHERE id = ?", *blocker, w.id);
  } else {
    db.run(
        "UPDATE intent SET state = 'queued', depends_on = NULL, cause = 'none', "
        "next_attempt = 0 WHERE id = ?",
        w.id);
  }
}

std::vector<Waiting> waiting_for(Database& db, std::int64_t id) {
  std::vector<Waiting> found;
  db.each(
      "SELECT id, item, act FROM intent INDEXED BY intent_waiting "
      "WHERE state = 'waiting' AND depends_on = ? ORDER BY id",
      [&](const Row& row) {
        found.push_back({row.integer(0), row.text(1), row.text(2)});
      },
      id);
  return found;
}

/// Cancels all that cannot be without the cancelled create `root`, at any remove. Ids only grow
/// along a chain and each is visited once, so it ends.
void cancel_with(Database& db, const Waiting& root) {
  std::vector<Waiting> doomed{root};
  while (!doomed.empty()) {
    const Waiting gone = std::move(doomed.back());
    doomed.pop_back();
    for (Waiting& w : waiting_for(db, gone.id)) {
      if (gone.act != name(Act::create) && w.item != gone.item) {
        queue_or_chain(db, w);
        continue;
      }
      db.run(
          "UPDATE intent SET state = 'cancelled', depends_on = NULL, cause = 'none', "
          "evidence = ? WHERE id = ?",
          "taken back with the new record it belonged to (" + std::to_string(root.id) + ")", w.id);
      doomed.push_back(std::move(w));
    }
  }
}

}  // namespace

void place_in_order(Database& db, Intent& intent) {
  if (intent.depends_on && !dependency_blocks(db, intent)) intent.depends_on.reset();
  if (!intent.depends_on) {
    if (const auto blocker = blocker_of(db, intent.item.raw(), intent.id.raw())) {
      intent.depends_on = IntentId(*blocker);
    }
  }
  intent.state = intent.depends_on ? IntentState::waiting : IntentState::queued;
}

void release_waiting(Database& db, const Intent& done) {
  if (blocks_later_ones(done.state, done.act)) return;
  if (done.state == IntentState::cancelled && done.act == Act::create) {
    cancel_with(db, {done.id.raw(), done.item.raw(), std::string(name(done.act))});
    return;
  }
  for (const Waiting& w : waiting_for(db, done.id.raw())) queue_or_chain(db, w);
}

void release_orphans(Database& db) {
  std::vector<Waiting> orphans;
  db.each(
      "SELECT w.id, w.item, w.act FROM intent AS w INDEXED BY intent_waiting "
      "LEFT JOIN intent AS d ON d.id = w.depends_on "
      "WHERE w.state = 'waiting' AND (d.id IS NULL OR (d.state NOT IN "
      "('queued', 'waiting', 'sending', 'in_doubt') "
      "AND NOT (d.state = 'held' AND d.act = 'create'))) ORDER BY w.id",
      [&](const Row& row) {
        orphans.push_back({row.integer(0), row.text(1), row.text(2)});
      });
  for (const Waiting& w : orphans) queue_or_chain(db, w);
}

}  // namespace fieldsync::storage
