#include <doctest/doctest.h>

#include <map>

#include "agent/sync/reconcile/standing.h"

using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;
using merge::decide;
using merge::Decision;
using merge::Ours;
using merge::Theirs;
using storage::Act;

namespace {

constexpr Ours kOurs[] = {Ours::untouched, Ours::edited_same, Ours::edited_otherwise, Ours::created,
                          Ours::removed,   Ours::replied,     Ours::attached};
constexpr Theirs kTheirs[] = {Theirs::unchanged,    Theirs::changed_same, Theirs::changed_otherwise,
                              Theirs::missing_once, Theirs::gone,         Theirs::not_seen,
                              Theirs::hidden};

/// The whole table, as a person would write it on one page.
constexpr Decision N = Decision::nothing, S = Decision::send, M = Decision::merge,
                   P = Decision::only_prove, L = Decision::look, C = Decision::ask_conflict,
                   G = Decision::ask_gone, H = Decision::wait_hidden;
constexpr Decision kTable[std::size(kOurs)][std::size(kTheirs)] = {
    // unchanged, same, otherwise, missing once, gone, not seen, hidden
    {N, N, N, N, N, N, N},  // untouched
    {P, P, P, L, G, L, H},  // edited_same
    {S, P, M, L, G, L, H},  // edited_otherwise
    {P, P, P, P, P, S, P},  // created
    {S, S, C, S, P, S, H},  // removed
    {S, S, S, S, G, S, H},  // replied
    {S, S, S, L, G, L, H},  // attached
};

}  // namespace

TEST_CASE("the reconciler's table is total: every pair has the decision written here") {
  for (std::size_t ours = 0; ours < std::size(kOurs); ++ours) {
    for (std::size_t theirs = 0; theirs < std::size(kTheirs); ++theirs) {
      CAPTURE(merge::name(kOurs[ours]));
      CAPTURE(merge::name(kTheirs[theirs]));
      CHECK(merge::name(decide(kOurs[ours], kTheirs[theirs])) == merge::name(kTable[ours][theirs]));
    }
  }
}

TEST_CASE("the table keeps the promises whatever the pair") {
  for (const Ours ours : kOurs) {
    for (const Theirs theirs : kTheirs) {
      CAPTURE(merge::name(ours));
      CAPTURE(merge::name(theirs));
      const Decision decision = decide(ours, theirs);
      // P4: an act of a person never simply ends.
      CHECK((decision == Decision::nothing) == (ours == Ours::untouched));
      // P4: what the office changed otherwise is only written over field by field, or added to.
      const bool writes_over = ours == Ours::edited_otherwise || ours == Ours::removed;
      if (theirs == Theirs::changed_otherwise && writes_over) CHECK(decision != Decision::send);
      // P5: what may only be hidden is never taken for deleted.
      if (theirs == Theirs::hidden) CHECK(decision != Decision::ask_gone);
      // P2: what may be at the service already is not created again.
      if (ours == Ours::created && theirs != Theirs::not_seen) CHECK(decision != Decision::send);
    }
  }
}

namespace {

storage::Intent act_of(Act act, const Document& before, const Document& ours) {
  storage::Intent intent;
  intent.kind = base::KindId("rfi");
  intent.act = act;
  intent.base = before;
  intent.fields = ours;
  return intent;
}

std::optional<storage::MirrorRecord> there(
    const Document& fields, storage::Presence presence = storage::Presence::present) {
  storage::MirrorRecord record;
  record.fields = fields;
  record.presence = presence;
  return record;
}

}  // namespace

TEST_CASE("an act and its record find their place in the table") {
  using storage::Presence;
  const Document a{{"subject", "a"}}, b{{"subject", "b"}}, c{{"subject", "c"}};
  const Document hidden{{"subject", "a"}, {"private", Value(true)}};
  struct Row {
    const char* description;
    Act act;
    Document before, ours;
    std::optional<storage::MirrorRecord> record;
    Ours in_ours;
    Theirs in_theirs;
  };
  const Row rows[] = {
      {"edited here only", Act::edit, a, b, there(a), Ours::edited_otherwise, Theirs::unchanged},
      {"edited back", Act::edit, a, a, there(c), Ours::edited_same, Theirs::changed_otherwise},
      {"both the same", Act::edit, a, b, there(b), Ours::edited_otherwise, Theirs::changed_same},
      {"both", Act::edit, a, b, there(c), Ours::edited_otherwise, Theirs::changed_otherwise},
      {"unset there", Act::edit, a, b, there({}), Ours::edited_otherwise,
       Theirs::changed_otherwise},
      {"never seen", Act::edit, a, b, std::nullopt, Ours::edited_otherwise, Theirs::not_seen},
      {"missing", Act::edit, a, b, there(a, Presence::missing_once), Ours::edited_otherwise,
       Theirs::missing_once},
      {"gone", Act::attach, {}, {}, there(a, Presence::gone), Ours::attached, Theirs::gone},
      {"hidden", Act::remove, a, {}, there(hidden, Presence::gone), Ours::removed, Theirs::hidden},
      {"removed", Act::remove, a, {}, there(a), Ours::removed, Theirs::unchanged},
      {"removed, changed", Act::remove, a, {}, there(b), Ours::removed, Theirs::changed_otherwise},
      {"replied", Act::reply, {}, {}, there(b), Ours::replied, Theirs::unchanged},
      {"created", Act::create, {}, a, std::nullopt, Ours::created, Theirs::not_seen},
  };
  for (const Row& row : rows) {
    CAPTURE(row.description);
    const auto intent = act_of(row.act, row.before, row.ours);
    const sync::Standing standing = sync::standing_of(intent, row.ours, row.record);
    CHECK(merge::name(standing.ours) == merge::name(row.in_ours));
    CHECK(merge::name(standing.theirs) == merge::name(row.in_theirs));
  }
}
