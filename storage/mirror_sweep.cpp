#include <algorithm>

#include "storage/mirror_guard.h"
#include "storage/mirror_rows.h"
#include "storage/mirror_store.h"

/// MirrorStore: what complete listings say about records that are no longer there.
namespace fieldsync::storage {
namespace {

struct Known {
  std::int64_t number;
  Presence before;
  Presence after;
};

Presence after_sweep(Presence before, bool listed) {
  if (listed) return Presence::present;
  switch (before) {
    case Presence::present:
      return Presence::missing_once;
    case Presence::missing_once:
    case Presence::gone:
      return Presence::gone;
    case Presence::in_question:
      return Presence::in_question;  // until a person answers
  }
  return before;
}

/// Every record of the scope before and after the listing, `ids` sorted.
std::vector<Known> compare(Database& db, std::int64_t scope, const std::vector<ServiceId>& ids) {
  std::vector<Known> known;
  db.each(
      "SELECT number, id, presence FROM record WHERE scope = ?",
      [&](const Row& row) {
        const auto before = static_cast<Presence>(row.integer(2));
        const bool listed = std::binary_search(ids.begin(), ids.end(), ServiceId(row.text(1)));
        known.push_back({row.integer(0), before, after_sweep(before, listed)});
      },
      scope);
  return known;
}

bool goes(const Known& each) {
  return each.before != Presence::gone && each.after == Presence::gone;
}

MirrorStore::Swept weigh(const std::vector<Known>& known, std::size_t listed) {
  MirrorStore::Swept swept;
  swept.unknown = static_cast<std::int64_t>(listed);
  for (const Known& each : known) {
    if (each.before == Presence::present && each.after == Presence::present) --swept.unknown;
    if (each.before != Presence::gone) ++swept.known;
    if (goes(each) || each.after == Presence::in_question) ++swept.absent;
  }
  return swept;
}

std::vector<ServiceId> sorted(std::vector<ServiceId> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace

Result<MirrorStore::Swept> MirrorStore::weigh_sweep(const RemoteName& remote,
                                                    const ProjectId& project, const KindId& kind,
                                                    const std::vector<ServiceId>& ids) {
  return mirrored([&]() -> Swept {
    const auto scope = find_scope(*db_, remote, project, kind);
    const auto listed = sorted(ids);
    return scope ? weigh(compare(*db_, *scope, listed), listed.size()) : Swept{};
  });
}

Result<MirrorStore::Swept> MirrorStore::apply_sweep(const RemoteName& remote,
                                                    const ProjectId& project, const KindId& kind,
                                                    const std::vector<ServiceId>& ids,
                                                    std::int64_t gone_max, WallTime now) {
  return mirrored([&] {
    Swept swept;
    db_->transact([&] {
      const auto scope = find_scope(*db_, remote, project, kind);
      const auto listed = sorted(ids);
      swept.unknown = static_cast<std::int64_t>(listed.size());
      if (!scope) return;
      const auto known = compare(*db_, *scope, listed);
      swept = weigh(known, listed.size());
      for (const Known& each : known) {
        Presence after = each.after;
        if (goes(each) && swept.absent > gone_max) after = Presence::in_question;
        if (after == each.before) continue;
        db_->run("UPDATE record SET presence = ?, observed_at = ? WHERE number = ?",
                 static_cast<int>(after), millis_of(now), each.number);
        if (after == Presence::gone) ++swept.gone;
        if (after == Presence::in_question) ++swept.put_in_question;
      }
    });
    return swept;
  });
}

Result<> MirrorStore::void_absences(const RemoteName& remote, const ProjectId& project,
                                    const std::vector<KindId>& kinds, WallTime now) {
  return mirrored([&] {
    db_->transact([&] {
      for (const KindId& kind : kinds) {
        const auto scope = find_scope(*db_, remote, project, kind);
        if (!scope) continue;
        db_->run(
            "UPDATE record SET presence = ?, observed_at = ? WHERE scope = ? "
            "AND presence IN (?, ?)",
            static_cast<int>(Presence::present), millis_of(now), *scope,
            static_cast<int>(Presence::missing_once), static_cast<int>(Presence::in_question));
      }
    });
  });
}

Result<int> MirrorStore::doubt(const RemoteName& remote, const ProjectId& project,
                               const KindId& kind, const std::optional<ServiceId>& id) {
  return mirrored([&]() -> int {
    const auto scope = find_scope(*db_, remote, project, kind);
    if (!scope) return 0;
    const int summary_only = static_cast<int>(MirrorRecord::Extent::summary_only);
    if (id) {
      return db_->run("UPDATE record SET extent = ?, observed_at = 0 WHERE scope = ? AND id = ?",
                      summary_only, *scope, id->raw());
    }
    return db_->run(
        "UPDATE record SET extent = ?, observed_at = 0 WHERE scope = ? AND presence <> ?",
        summary_only, *scope, static_cast<int>(Presence::gone));
  });
}

Result<std::int64_t> MirrorStore::in_question(const RemoteName& remote, const ProjectId& project,
                                              const KindId& kind) {
  return mirrored([&]() -> std::int64_t {
    const auto scope = find_scope(*db_, remote, project, kind);
    if (!scope) return 0;
    return db_
        ->integer("SELECT count(*) FROM record WHERE scope = ? AND presence = ?", *scope,
                  static_cast<int>(Presence::in_question))
        .value_or(0);
  });
}

Result<int> MirrorStore::answer_question(const RemoteName& remote, const ProjectId& project,
                                         const KindId& kind, Presence presence, WallTime now) {
  return mirrored([&]() -> int {
    const auto scope = find_scope(*db_, remote, project, kind);
    if (!scope) return 0;
    return db_->run(
        "UPDATE record SET presence = ?, observed_at = ? WHERE scope = ? AND presence = ?",
        static_cast<int>(presence), millis_of(now), *scope,
        static_cast<int>(Presence::in_question));
  });
}

}  // namespace fieldsync::storage
