#include "agent/sync/puller.h"

#include "agent/sync/planner.h"
#include "agent/sync/retry.h"
#include "agent/sync/tuning.h"

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
  std::optional<WallTime> began;      ///< the service's clock at the first answer
  std::vector<base::ServiceId> ids;   ///< of the listing under way, when it is a sweep
  std::optional<std::int64_t> total;  ///< as its first page counted
  std::int64_t unreadable = 0;        ///< records nobody could read
  std::string first_unreadable;       ///< why not, of the first
  StepDone done;
};

Puller::Puller(Context& context, Deliveries& deliveries, base::Millis poll_interval)
    : context_(context),
      deliveries_(deliveries),
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

  const WallTime now = context_.courier.service_now();
  const WallTime to = now + tuning::kWindowAhead;
  WallTime from{};
  if (sweep == Sweep::changes && round->state.changes_until) {
    from = *round->state.changes_until - tuning::kWindowOverlap;
  }
  if (tool == "notes") {
    // Notes can only be asked for by day: a window reaches back far enough for late edits.
    from = now - (sweep == Sweep::changes ? tuning::kNotesBack : tuning::kNotesFirst);
  }
  round->queries = context_.remote.service.listings(project, tool, sweep, from, to);
  FS_CHECK(!round->queries.empty());
  next_page(std::move(round));
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
                          next_page(round);
                        });
}

Result<> Puller::take_page(Round& round, const net::ListPage& page) {
  if (!round.began) round.began = context_.courier.service_now();
  std::vector<storage::MirrorRecord> rows;
  rows.reserve(page.records.size());
  for (const net::RemoteRecord& record : page.records) {
    rows.push_back(to_mirror(context_.remote.name, round.project, record, context_.now()));
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
  if (round.sweep != Sweep::changes && round.tool != "notes") {
    // A list that moved while it was read, or had records nobody could read, proves no absence.
    const bool complete =
        page.unreadable.empty() &&
        (!round.total || *round.total == static_cast<std::int64_t>(round.ids.size()));
    if (complete && !round.ids.empty()) {
      TRY(context_.mirror.apply_sweep(context_.remote.name, round.project, query.kind, round.ids,
                                      context_.now()));
    }
  }
  round.ids.clear();
  round.total.reset();
  ++round.at;
  return base::Done{};
}

Result<> Puller::finish(Round& round) {
  const WallTime now = context_.now();
  // What could not be read may have been spoilt on its way: the next window covers it again.
  const bool covered = round.sweep == Sweep::everything || round.unreadable == 0;
  if (round.sweep != Sweep::ids && covered) round.state.changes_until = round.began;
  if (round.sweep != Sweep::changes) round.state.swept_at = now;
  if (round.sweep != Sweep::ids) round.state.complete_as_of = now;
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
  context_.log.info("pull.done", {{"tool", round.tool}, {"pages", round.pages}});
  return context_.mirror.save_tool_state(round.state);
}

void Puller::fail(const std::shared_ptr<Round>& round, const Failure& failure) {
  storage::ToolState& state = round->state;
  state.cause = failure.cause;
  state.evidence = failure.what;
  if (waits_for_link(context_.remote, failure)) {
    // Due again as soon as there is a link: the link's own pause is the limit.
    state.next_poll = context_.now();
  } else {
    ++state.attempts;
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
  const auto row = to_mirror(context_.remote.name, key.project, record, context_.now());
  TRY(deliveries_.returning(key.project, {record}));
  TRY(context_.mirror.apply({row}, std::nullopt));
  // An edit waits for a fresh look: it must see that there was one, also when nothing is new.
  TRY(context_.mirror.mark_observed(key, context_.now()));
  return deliveries_.observed(key.project, {record});
}

}  // namespace fieldsync::sync
