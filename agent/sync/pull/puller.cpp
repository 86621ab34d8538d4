#include "agent/sync/pull/puller.h"

#include <algorithm>

#include "agent/sync/link/retry.h"
#include "agent/sync/plan/planner.h"
#include "agent/sync/pull/mirror_row.h"
#include "agent/sync/pull/tuning.h"
#include "agent/sync/reconcile/absence.h"
#include "agent/sync/remote/rights.h"
#include "agent/sync/remote/tuning.h"
#include "platform/base/time_text.h"

namespace fieldsync::sync {

using base::Cause;
using base::Failure;
using base::Result;
using base::WallTime;
using net::Sweep;

struct Puller::Round {
  base::ProjectId project;
  std::string tool;
  Sweep sweep = Sweep::changes;
  storage::ToolState state;
  std::vector<net::ListQuery> queries;
  std::size_t at = 0;  ///< index of the listing under way
  int pages = 0;
  int rights_reading = 0;             ///< which was the last, as the round began; 0: none yet
  std::string rights_then;            ///< what this login might do when the round began
  std::optional<WallTime> began;      ///< the service's clock at the first answer
  std::vector<base::ServiceId> ids;   ///< of the listing under way, when it is a sweep
  std::optional<std::int64_t> total;  ///< as its first page counted
  bool complete = false;              ///< the last page was in step with the count
  /// Whether permissions were read again after a listing of this round.
  enum class Rights { as_known, confirmed } rights = Rights::as_known;
  std::int64_t unreadable = 0;   ///< records nobody could read
  std::string first_unreadable;  ///< why not, of the first
  std::int64_t unknown = 0;      ///< ids listed that were not in sight here
  StepDone done;
};

Puller::Puller(Context& context, Deliveries& deliveries, RightsReader& rights,
               base::Millis poll_interval)
    : context_(context),
      deliveries_(deliveries),
      rights_(rights),
      poll_interval_(poll_interval),
      random_(context.host.random.fork()) {}

void Puller::pull(const base::ProjectId& project, const std::string& tool, Sweep sweep,
                  StepDone done) {
  auto round = std::make_shared<Round>();
  round->project = project;
  round->tool = tool;
  round->sweep = sweep;
  round->done = std::move(done);
  auto known = context_.mirror.tool_state(context_.remote.name, project, tool);
  if (!known) return round->done(known.failure());
  round->state = known->value_or(storage::ToolState{});
  round->state.remote = context_.remote.name;
  round->state.project = project;
  round->state.tool = tool;
  round->rights_then = rights_of(context_.remote, project, tool);

  const WallTime now = context_.courier.service_now();
  WallTime to = now + tuning::kWindowAhead;
  WallTime from{};
  if (sweep == Sweep::changes && round->state.changes_until) {
    from = *round->state.changes_until - window_reach(*round);
  }
  if (tool == "notes") {
    // Notes can only be asked for by day: a window reaches back far enough for late edits.
    from = now - (sweep == Sweep::changes ? tuning::kNotesBack : tuning::kNotesFirst);
    to = now + tuning::kNotesAhead;
  }
  round->queries = context_.remote.service.listings(project, tool, sweep, from, to);
  FS_CHECK(!round->queries.empty());
  next_page(std::move(round));
}

/// How far before the end of the last window the next one begins. Rights that were taken away and
/// given back between two readings of them are never seen, nor what was changed meanwhile: after
/// each reading one window covers the time since the reading before.
base::Millis Puller::window_reach(Round& round) {
  const auto known = context_.remote.rights.find(round.project);
  const int reading = known == context_.remote.rights.end() ? 0 : known->second.reading;
  round.rights_reading = reading;
  const auto covered = covered_rights_.find(tool_key(round.project, round.tool));
  const bool is_covered = covered != covered_rights_.end() && covered->second == reading;
  const bool is_known = reading > 0;
  return tuning::kWindowOverlap +
         (is_known && !is_covered ? tuning::kPermissionsInterval : base::Millis{0});
}

void Puller::next_page(std::shared_ptr<Round> round) {
  if (round->at == round->queries.size()) {
    auto finished = finish(*round);
    return round->done(finished);
  }
  if (++round->pages > tuning::kPagesMax) {
    return fail(round, {Cause::limit_reached, round->tool + ": the list does not end"});
  }
  const net::ListQuery& query = round->queries[round->at];
  context_.courier.send(context_.remote.service.list(query),
                        [this, round](net::HttpOutcome outcome) {
                          if (!outcome.response) return fail(round, outcome.response.failure());
                          const net::ListQuery& asked = round->queries[round->at];
                          auto page = context_.remote.service.read_list(asked, *outcome.response);
                          if (!page) return fail(round, page.failure());
                          if (auto taken = take_page(*round, *page); !taken)
                            return round->done(taken);
                          if (page->next) return next_page(round);
                          close_listing(round);
                        });
}

Result<> Puller::take_page(Round& round, const net::ListPage& page) {
  if (!round.began) round.began = context_.courier.service_now();
  std::vector<storage::MirrorRecord> rows;
  rows.reserve(page.records.size());
  for (const net::RemoteRecord& record : page.records) {
    rows.push_back(to_mirror(owner_of(context_.remote), round.project, record, context_.now()));
  }
  TRY(deliveries_.returning(round.project, page.records));
  if (!rows.empty()) TRY(context_.mirror.apply(rows, std::nullopt));
  TRY(deliveries_.observed(round.project, page.records));
  for (const Failure& failure : page.unreadable) {
    if (++round.unreadable == 1) round.first_unreadable = failure.what;
    context_.log.warning("pull.unreadable", {{"tool", round.tool}, {"why", failure.what}});
  }

  net::ListQuery& query = round.queries[round.at];
  if (round.sweep != Sweep::changes) {
    if (!round.total) round.total = page.total;
    round.ids.insert(round.ids.end(), page.ids.begin(), page.ids.end());
  }
  if (page.next) {
    query = *page.next;
    return base::Done{};
  }
  // A list that moved while it was read, or had records nobody could read, proves no absence.
  round.complete = round.unreadable == 0 &&
                   (!round.total || *round.total == static_cast<std::int64_t>(round.ids.size()));
  return base::Done{};
}

/// The last page of one listing is in: what it says of records that are gone is weighed.
void Puller::close_listing(const std::shared_ptr<Round>& round) {
  // An empty list may be the answer to a wrong question (facts/procore-api.md 5.3).
  const bool says_something =
      round->sweep != Sweep::changes && round->complete && !round->ids.empty();
  if (!says_something) return end_listing(round);
  const net::ListQuery& query = round->queries[round->at];
  if (round->tool == "notes") {
    if (auto added = add_notes_outside(*round); !added) return round->done(added);
  }
  auto weighed =
      context_.mirror.weigh_sweep(context_.remote.name, round->project, query.kind, round->ids);
  if (!weighed) return round->done(weighed.failure());
  if (weighed->absent == 0 || round->rights == Round::Rights::confirmed) return believe(round);
  // Something would be gone: what this login may see must be known as of after the list.
  rights_.read(round->project, [this, round](const Result<>& stored) {
    if (!stored) return round->done(stored);
    const auto trouble = context_.remote.rights_trouble.find(round->project);
    if (trouble != context_.remote.rights_trouble.end()) {
      return fail(round, trouble->second.failure);
    }
    round->rights = Round::Rights::confirmed;
    believe(round);
  });
}

void Puller::believe(const std::shared_ptr<Round>& round) {
  if (auto believed = take_sweep(*round); !believed) return round->done(believed);
  end_listing(round);
}

Result<> Puller::take_sweep(Round& round) {
  const base::KindId& kind = round.queries[round.at].kind;
  const base::RemoteName& remote = context_.remote.name;
  const std::string rights = rights_of(context_.remote, round.project, round.tool);
  if (round.state.swept_under != rights) {
    std::vector<base::KindId> kinds;
    for (const net::ListQuery& query : round.queries) kinds.push_back(query.kind);
    TRY(context_.mirror.void_absences(remote, round.project, kinds, context_.now()));
    round.state.swept_under = rights;
    TRY(context_.mirror.save_tool_state(round.state));
  }
  TRY(take_back(context_, round.project, kind, round.ids));
  TRY_ASSIGN(const auto weighed,
             context_.mirror.weigh_sweep(remote, round.project, kind, round.ids));
  TRY_ASSIGN(const auto swept,
             context_.mirror.apply_sweep(remote, round.project, kind, round.ids,
                                         believable(weighed.known), context_.now()));
  round.unknown += swept.unknown;
  if (swept.put_in_question > 0) {
    context_.log.warning("pull.mass_vanishing",
                         {{"kind", kind.raw()}, {"records", swept.absent}, {"of", swept.known}});
  }
  return base::Done{};
}

/// The service lists notes by their day only: of those outside the window a list says nothing, and
/// they count as listed. The days at its ends are outside too, whatever the project's time zone.
Result<> Puller::add_notes_outside(Round& round) {
  const net::ListQuery& query = round.queries[round.at];
  const base::Millis day{24 * 3'600'000};
  const std::string first = base::to_iso_date(query.from + day);
  const std::string last = base::to_iso_date(query.to - day);
  storage::MirrorStore::Filter filter;
  filter.remote = context_.remote.name;
  filter.project = round.project;
  filter.kind = query.kind;
  for (;;) {
    TRY_ASSIGN(const auto page, context_.mirror.list(filter));
    for (const storage::MirrorRecord& note : page) {
      filter.after = note.key.id;
      const std::string date = note.fields.text("date");
      if (date <= first || date >= last) round.ids.push_back(note.key.id);
    }
    if (static_cast<int>(page.size()) < filter.limit) return base::Done{};
  }
}

void Puller::end_listing(const std::shared_ptr<Round>& round) {
  round->ids.clear();
  round->total.reset();
  ++round->at;
  next_page(round);
}

Result<> Puller::finish(Round& round) {
  const WallTime now = context_.now();
  // What could not be read may have been spoilt on its way: the next window covers it again.
  const bool covered = round.sweep == Sweep::everything || round.unreadable == 0;
  if (round.sweep != Sweep::ids && covered) {
    round.state.changes_until = round.began;
    covered_rights_[tool_key(round.project, round.tool)] = round.rights_reading;
  }
  if (round.sweep != Sweep::changes) round.state.swept_at = now;
  if (round.sweep != Sweep::ids) round.state.complete_as_of = now;
  if (round.sweep == Sweep::everything) {
    round.state.audited_at = now;
    // The first round of a start goes out beside the reading of rights.
    round.state.read_under = round.rights_then == kRightsUnknown
                                 ? rights_of(context_.remote, round.project, round.tool)
                                 : round.rights_then;
  }
  // A look for deletions is no look for changes: that one follows at once.
  round.state.next_poll =
      round.sweep == Sweep::ids
          ? now
          : now + poll_interval_ + base::Millis{random_.between(0, poll_interval_.count() / 10)};
  round.state.attempts = 0;
  round.state.cause = Cause::none;
  round.state.evidence.clear();
  if (round.unreadable > 0) {
    round.state.cause = Cause::unexpected_answer;
    round.state.evidence =
        std::to_string(round.unreadable) + " records could not be read: " + round.first_unreadable;
  }
  if (round.sweep == Sweep::ids && round.unknown > 0) {
    // Changes were missed: only a look at everything tells which. At most one a day.
    round.state.changes_until.reset();
    round.state.cause = Cause::not_polled_yet;
    round.state.evidence = std::to_string(round.unknown) +
                           " records of the service were not in sight; the tool is read again";
    context_.log.warning("pull.missed", {{"tool", round.tool}, {"records", round.unknown}});
  }
  context_.log.info("pull.done", {{"tool", round.tool}, {"pages", round.pages}});
  return context_.mirror.save_tool_state(round.state);
}

void Puller::fail(const std::shared_ptr<Round>& round, const Failure& failure) {
  if (is_about_rights(failure.cause)) rights_.doubt(round->project);
  storage::ToolState& state = round->state;
  const bool again = verdict_on(state.cause) == Verdict::link;
  state.cause = failure.cause;
  state.evidence = failure.what;
  if (!waits_for_link(context_.remote, failure)) {
    ++state.attempts;
    state.next_poll = context_.now() + retry_delay(failure, state.attempts, random_);
  } else if (!again) {
    // Due again as soon as there is a link: the link's own pause is the limit.
    state.next_poll = context_.now();
  } else {
    // The link was proven in between: something stands before this list alone.
    state.attempts = std::min(state.attempts + 1, tuning::kLinkTroubleDoublingsMax);
    state.next_poll = context_.now() + retry_delay(failure, state.attempts, random_);
  }
  context_.log.info("pull.failed", {{"tool", round->tool}, {"why", failure.what}});
  round->done(context_.mirror.save_tool_state(state));
}

void Puller::show(const storage::RecordKey& key, ShowDone done) {
  context_.courier.send(
      context_.remote.service.show(key.kind, key.project, key.id),
      [this, key, done](net::HttpOutcome outcome) {
        if (!outcome.response) return done(base::Done{}, {}, outcome.response.failure());
        auto record = context_.remote.service.read_show(key.kind, *outcome.response);
        const auto shut_until = context_.ended(show_endpoint(key.kind), record);
        if (!record) {
          const Failure& failure = record.failure();
          Result<> marked = base::Done{};
          if (shut_until) {
            auto kept_back = context_.work.postpone(context_.remote.name, key.kind,
                                                    storage::IntentState::sent, {}, *shut_until);
            if (!kept_back) marked = kept_back.failure();
          }
          if (failure.cause == Cause::record_gone) {
            marked = context_.mirror.mark_missing(key, context_.now());
          }
          return done(marked, {}, failure);
        }
        if (record->id != key.id) {
          return done(base::Done{}, {},
                      Failure{Cause::unexpected_answer,
                              "asked for " + key.id.raw() + ", was given " + record->id.raw()});
        }
        const auto stored = take_shown(key, *record);
        done(stored, *record, std::nullopt);
      });
}

Result<> Puller::take_shown(const storage::RecordKey& key, const net::RemoteRecord& record) {
  const auto row = to_mirror(owner_of(context_.remote), key.project, record, context_.now());
  TRY(deliveries_.returning(key.project, {record}));
  TRY(context_.mirror.apply({row}, std::nullopt));
  // An edit waits for a fresh look: it must see that there was one, also when nothing is new.
  TRY(context_.mirror.mark_observed(key, context_.now()));
  return deliveries_.observed(key.project, {record});
}

}  // namespace fieldsync::sync
