#include "tests/sim/fleet.h"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>

#include "agent/sync/link/retry.h"
#include "agent/sync/plan/planner.h"
#include "net/rate_gate.h"
#include "net/sandbox/rates.h"

namespace fieldsync::sim {
namespace {

using base::Millis;
using base::WallTime;
using storage::IntentState;

constexpr WallTime kBegin{Millis{1'800'000'000'000}};
/// One way, and as much again by chance.
constexpr Millis kOneWay{60};
constexpr Millis kEarly{600'000};
/// A fleet that is not through after this long never will be.
constexpr Millis kEnd{14LL * 24 * 3'600'000};

struct Machine {
  explicit Machine(platform::Random chance)
      : random(chance.fork()), link(chance.fork()), gate(chance.fork()) {}
  platform::Random random;
  sync::LinkSense link;
  net::RateGate gate;
  std::vector<sync::IntentFacts> acts;
  std::map<std::string, int> busy;  ///< keys of steps under way, with their act; -1: the probe
  WallTime wakes{};                 ///< of several wakes only the latest asked for counts
  int served = 0;
};

class Fleet {
 public:
  explicit Fleet(const FleetOptions& options)
      : options_(options),
        random_(options.seed),
        back_(kBegin + options.outage_at + options.outage) {
    settings_.change({{"rate_hourly", std::int64_t{options.hourly}},
                      {"rate_spike", std::int64_t{options.spike}},
                      {"retry_after_on_429", options.retry_after}});
    for (int i = 0; i < options.agents; ++i) machines_.push_back(make_machine());
  }

  FleetReport run() {
    for (Machine& machine : machines_) {
      // People do not start their machines in the same second, but in the same minute.
      wake(machine, kBegin + Millis{random_.between(0, 60'000)});
    }
    while (!events_.empty() && now_ < kBegin + kEnd) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.at;
      event.what();
    }
    return report();
  }

 private:
  struct Event {
    WallTime at;
    std::uint64_t order;
    std::function<void()> what;
    bool operator<(const Event& other) const {
      return std::tie(other.at, other.order) < std::tie(at, order);
    }
  };

  void at(WallTime when, std::function<void()> what) {
    events_.push({when, ++order_, std::move(what)});
  }

  Machine make_machine() {
    Machine machine(random_.fork());
    for (int i = 0; i < options_.acts_each; ++i) {
      sync::IntentFacts facts;
      facts.intent.id = base::IntentId(i + 1);
      facts.intent.item = base::RecordId("note-n" + std::to_string(i));
      facts.intent.kind = base::KindId("note");
      facts.intent.project = base::ProjectId("2002");
      machine.acts.push_back(facts);
    }
    return machine;
  }

  bool reachable() const { return now_ < kBegin + options_.outage_at || now_ >= back_; }
  Millis one_way() { return kOneWay + Millis{random_.between(0, kOneWay.count())}; }

  void wake(Machine& machine, WallTime when) {
    when = std::max(when, now_ + Millis{1});
    machine.wakes = when;
    at(when, [this, &machine, when] {
      if (machine.wakes == when) think(machine);
    });
  }

  sync::Situation situation_of(const Machine& machine) const {
    sync::Situation situation;
    situation.now = now_;
    situation.link = machine.link.state();
    situation.link_may_send = machine.link.may_send(now_);
    situation.link_retry_at = machine.link.retry_at();
    situation.login = net::LoginState::ready;
    situation.gate_opens = machine.gate.may_send_at(now_);
    if (machine.gate.takes_turns()) situation.turns = sync::Situation::Turns::one_by_one;
    situation.calls_in_flight = static_cast<int>(machine.busy.size());
    for (const auto& [key, act] : machine.busy) situation.busy.insert(key);
    for (const sync::IntentFacts& facts : machine.acts) {
      if (facts.intent.state == IntentState::delivered) continue;
      const WallTime due = facts.intent.next_attempt;
      if (due <= now_) {
        situation.intents.push_back(facts);
      } else if (!situation.next_intent || due < *situation.next_intent) {
        situation.next_intent = due;
      }
    }
    return situation;
  }

  void think(Machine& machine) {
    const sync::Plan plan = sync::plan(situation_of(machine));
    if (plan.wake) wake(machine, *plan.wake);
    for (const sync::Step& step : plan.steps) {
      const int act =
          step.kind == sync::StepKind::probe ? -1 : static_cast<int>(step.intent.raw()) - 1;
      machine.busy.emplace(step.key, act);
      if (act < 0) {
        at(now_ + one_way(), [this, &machine, step] { probe_arrives(machine, step.key); });
      } else {
        when_gate_opens(machine, step.key, act);
      }
    }
  }

  /// The probe goes to the login server, which counts no calls.
  void probe_arrives(Machine& machine, const std::string& key) {
    const bool answered = reachable();
    at(now_ + one_way(), [this, &machine, key, answered] {
      machine.busy.erase(key);
      if (!answered) {
        machine.link.failed({base::Cause::offline, "the service cannot be reached"}, now_);
      } else if (machine.link.probed()) {
        machine.gate.link_is_back(now_);
      }
      wake(machine, now_);
    });
  }

  /// As Courier does.
  void when_gate_opens(Machine& machine, const std::string& key, int act) {
    const WallTime opens = machine.gate.may_send_at(now_);
    if (opens > now_) {
      return at(opens, [this, &machine, key, act] { when_gate_opens(machine, key, act); });
    }
    machine.gate.sent(now_);
    at(now_ + one_way(), [this, &machine, key, act] { call_arrives(machine, key, act); });
  }

  void call_arrives(Machine& machine, const std::string& key, int act) {
    if (!reachable()) {
      return at(now_ + one_way(), [this, &machine, key] {
        machine.busy.erase(key);
        machine.link.failed({base::Cause::offline, "the service cannot be reached"}, now_);
        wake(machine, now_);
      });
    }
    const std::int64_t second = now_.since_epoch.count() / 1'000;
    const auto verdict = rates_.take(settings_, 1, second);
    net::sandbox::Reply reply;
    if (!verdict.allowed) {
      reply = rates_.refuse(settings_, verdict, second);
    } else {
      reply.response.status = 200;
    }
    net::sandbox::add_rate_headers(reply, verdict);
    note(machine, second, verdict.allowed);
    at(now_ + one_way(), [this, &machine, key, act, response = reply.response] {
      answered(machine, key, act, response);
    });
  }

  void answered(Machine& machine, const std::string& key, int act,
                const net::HttpResponse& response) {
    machine.busy.erase(key);
    machine.gate.answered(response, now_);
    if (machine.link.answered()) machine.gate.link_is_back(now_);
    storage::Intent& intent = machine.acts[static_cast<std::size_t>(act)].intent;
    if (response.status == 429) {
      const base::Failure failure{base::Cause::rate_limited, "429",
                                  net::retry_after(response.headers, now_)};
      intent.next_attempt = now_ + sync::retry_delay(failure, intent.attempts++, machine.random);
    } else {
      const bool was_sent = intent.state == IntentState::sent;
      intent.state = was_sent ? IntentState::delivered : IntentState::sent;
      intent.attempts = 0;
      if (was_sent) delivered(machine);
    }
    wake(machine, now_);
  }

  void delivered(const Machine& machine) {
    const bool is_through =
        std::all_of(machine.acts.begin(), machine.acts.end(), [](const sync::IntentFacts& facts) {
          return facts.intent.state == IntentState::delivered;
        });
    if (is_through) report_.through.push_back(now_ - back_);
  }

  void note(Machine& machine, std::int64_t second, bool allowed) {
    if (now_ < back_) {
      if (allowed) ++taken_before_;
      return;
    }
    const bool early = now_ - back_ < kEarly;
    auto& most = early ? report_.arrived_at_once : report_.arrived_at_once_later;
    if (second != second_) arrived_ = 0;
    second_ = second;
    most = std::max(most, ++arrived_);
    if (!allowed) {
      ++report_.refused;
      if (!early) ++report_.refused_later;
      return;
    }
    ++machine.served;
    const std::int64_t all = std::int64_t{options_.agents} * options_.acts_each * 2;
    if (++report_.taken == (all - taken_before_) / 2) {
      for (const Machine& each : machines_) report_.served_at_half.push_back(each.served);
      std::sort(report_.served_at_half.begin(), report_.served_at_half.end());
    }
  }

  FleetReport report() {
    report_.all_through = report_.through.size() == machines_.size();
    if (!report_.through.empty()) report_.drained = report_.through.back();
    const std::int64_t hours = (report_.taken - 1) / options_.hourly;
    const std::int64_t rest = report_.taken - hours * options_.hourly;
    report_.least = Millis{hours * 3'600'000 + (rest - 1) / options_.spike * 10'000};
    return report_;
  }

  FleetOptions options_;
  platform::Random random_;
  WallTime back_;
  WallTime now_ = kBegin;
  net::sandbox::Settings settings_;
  net::sandbox::Rates rates_;
  std::vector<Machine> machines_;
  std::priority_queue<Event> events_;
  std::uint64_t order_ = 0;
  std::int64_t taken_before_ = 0;
  std::int64_t second_ = 0, arrived_ = 0;
  FleetReport report_;
};

}  // namespace

FleetReport run_fleet(const FleetOptions& options) { return Fleet(options).run(); }

std::string text_of(const FleetReport& report) {
  const auto minutes = [](Millis time) { return std::to_string(time.count() / 60'000) + " min"; };
  const auto part = [](const auto& sorted, int percent) {
    return sorted.empty() ? typename std::decay_t<decltype(sorted)>::value_type{}
                          : sorted[(sorted.size() - 1) * static_cast<std::size_t>(percent) / 100];
  };
  const auto& half = report.served_at_half;
  return std::to_string(report.taken) + " calls, " + std::to_string(report.refused) + " 429s (" +
         std::to_string(report.refused_later) + " after ten minutes), at most " +
         std::to_string(report.arrived_at_once) + " calls in a second, later " +
         std::to_string(report.arrived_at_once_later) + "; drained in " + minutes(report.drained) +
         ", at least " + minutes(report.least) + "; through: first " +
         minutes(part(report.through, 0)) + ", half " + minutes(part(report.through, 50)) +
         ", 95 % " + minutes(part(report.through, 95)) + "; served at half: least " +
         std::to_string(part(half, 0)) + ", 5 % " + std::to_string(part(half, 5)) + ", median " +
         std::to_string(part(half, 50)) + ", 95 % " + std::to_string(part(half, 95)) + ", most " +
         std::to_string(part(half, 100)) + (report.all_through ? "" : "; NOT ALL THROUGH");
}

}  // namespace fieldsync::sim
