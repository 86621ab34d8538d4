#include <doctest/doctest.h>

#include <functional>
#include <set>

#include "net/sandbox/seed_people.h"
#include "tests/support/small_world.h"

/// A thousand lost answers: every kind of write, at every one of its requests, before and after the
/// effect, with and without a kill. The service's own ledger tells how often each took effect.
using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;
using tests::Mishap;
using tests::SmallWorld;

namespace {

constexpr int kStruckCases = 1'000;
constexpr int kCasesPerWorld = 25;
constexpr std::uint64_t kWorldsMax = 100;

class Ledger {
 public:
  explicit Ledger(SmallWorld& world) : world_(world) { (void)since_last(); }
  /// What took effect, in order: "create note, create note".
  std::string since_last() {
    std::string effects;
    const Document found =
        world_.control(net::Method::get, "/ledger?after=" + std::to_string(last_));
    for (const Value& row : *found.find("list")->as_list()) {
      const Document& effect = *row.as_document();
      last_ = effect.integer("effect_id");
      effects += (effects.empty() ? "" : ", ") + effect.text("verb") + " " + effect.text("kind");
    }
    return effects;
  }

 private:
  SmallWorld& world_;
  std::int64_t last_ = 0;
};

/// What a person does in one case.
struct Deed {
  std::string_view name;
  std::string_view effect;  ///< as the ledger has it
  int writes;               ///< requests other than looks: upload, part, completion, record
  std::function<void(SmallWorld&, platform::Random&, const std::string& mark)> act;
};

std::string some_item(SmallWorld& world, platform::Random& random, const std::string& kind) {
  const Document listed = world.call("list", {{"kind", kind}});
  std::vector<std::string> items;
  for (const Value& row : *listed.find("records")->as_list()) {
    const Document& record = *row.as_document();
    const bool usable = kind != "rfi" || record.text("status") == "open";
    if (usable && record.text("state") == "synced") items.push_back(record.text("id"));
  }
  REQUIRE_FALSE(items.empty());
  return items[random.below(items.size())];
}

List file_of(SmallWorld& world, const std::string& mark) {
  return List{world.stage(mark + ".jpg", "bytes of " + mark)};
}

void add(SmallWorld& world, const char* kind, const Document& fields, const List& files = {}) {
  world.call("add", {{"kind", kind}, {"fields", fields}, {"files", files}});
}

Document rfi_fields(const std::string& mark) {
  return {{"subject", "rfi " + mark},
          {"question", "Which?"},
          {"assignees", std::to_string(net::sandbox::kArchitect)}};
}

using Random = platform::Random;
using Mark = const std::string&;

const std::vector<Deed>& deeds() {
  static const std::vector<Deed> all = {
      {"note", "create note", 1,
       [](SmallWorld& w, Random&, Mark m) {
         add(w, "note", {{"comment", m}});
       }},
      {"note with a file", "create note", 4,
       [](SmallWorld& w, Random&, Mark m) {
         add(w, "note", {{"comment", m}}, file_of(w, m));
       }},
      {"rfi", "create rfi", 1,
       [](SmallWorld& w, Random&, Mark m) { add(w, "rfi", rfi_fields(m)); }},
      {"rfi with a file", "create rfi", 4,
       [](SmallWorld& w, Random&, Mark m) { add(w, "rfi", rfi_fields(m), file_of(w, m)); }},
      {"photo", "create photo", 4,
       [](SmallWorld& w, Random&, Mark m) { add(w, "photo", {}, file_of(w, m)); }},
      {"reply", "create rfi_reply", 1,
       [](SmallWorld& w, Random& r, Mark m) {
         w.call("reply", {{"item", some_item(w, r, "rfi")}, {"body", m}});
       }},
      {"reply with a file", "create rfi_reply", 4,
       [](SmallWorld& w, Random& r, Mark m) {
         w.call("reply", {{"item", some_item(w, r, "rfi")}, {"body", m}, {"files", file_of(w, m)}});
       }},
      {"edit of an rfi", "update rfi", 1,
       [](SmallWorld& w, Random& r, Mark m) {
         w.call("edit", {{"item", some_item(w, r, "rfi")}, {"fields", Document{{"reference", m}}}});
       }},
      {"edit of a note", "update note", 1,
       [](SmallWorld& w, Random& r, Mark m) {
         w.call("edit", {{"item", some_item(w, r, "note")}, {"fields", Document{{"comment", m}}}});
       }},
      {"edit of a photo", "update photo", 1,
       [](SmallWorld& w, Random& r, Mark m) {
         w.call("edit",
                {{"item", some_item(w, r, "photo")}, {"fields", Document{{"description", m}}}});
       }},
      {"file on an rfi", "update rfi", 4,
       [](SmallWorld& w, Random& r, Mark m) {
         w.call("attach", {{"item", some_item(w, r, "rfi")}, {"files", file_of(w, m)}});
       }},
      {"file on a note", "update note", 4,
       [](SmallWorld& w, Random& r, Mark m) {
         w.call("attach", {{"item", some_item(w, r, "note")}, {"files", file_of(w, m)}});
       }},
      {"removal of a note", "delete note", 1,
       [](SmallWorld& w, Random& r, Mark) {
         w.call("remove", {{"item", some_item(w, r, "note")}});
       }},
      {"removal of a photo", "delete photo", 1,
       [](SmallWorld& w, Random& r, Mark) {
         w.call("remove", {{"item", some_item(w, r, "photo")}});
       }},
  };
  return all;
}

/// Strikes one of the requests of a case, or a few in a row, and may kill the agent: when the
/// strike falls, or at any moment while requests are on their way.
class Fate {
 public:
  Fate(SmallWorld& world, platform::Random& random, int writes) : world_(world), random_(random) {
    constexpr Mishap kMishaps[] = {Mishap::lost_before, Mishap::lost_on_way, Mishap::lost_after,
                                   Mishap::lost_after, Mishap::garbled_after};
    constexpr Kill kKills[] = {Kill::never, Kill::never, Kill::at_strike, Kill::at_moment};
    mishap_ = kMishaps[random.below(std::size(kMishaps))];
    kill_ = kKills[random.below(std::size(kKills))];
    writes_only_ = random.chance(0.8);
    skip_ = static_cast<int>(random.below(static_cast<std::uint64_t>(writes)));
    strikes_left_ = 1 + static_cast<int>(random.below(3));
    moment_ = base::Millis{random.between(0, 4'000)};
    said_ = "mishap " + std::to_string(static_cast<int>(mishap_)) + ", kill " +
            std::to_string(static_cast<int>(kill_)) + ", request " + std::to_string(skip_);
    world.transport->mishap = [this](const net::HttpRequest& request) { return befall(request); };
    // Two ways at most: less than what the agent lets a lost request settle.
    world.transport->delay = [this] {
      return base::Millis{static_cast<std::int64_t>(random_.below(900))};
    };
  }
  ~Fate() {
    world_.transport->mishap = nullptr;
    world_.transport->delay = nullptr;
  }
  Fate(const Fate&) = delete;
  Fate& operator=(const Fate&) = delete;

  /// Whether the queue became empty.
  bool live_through() {
    switch (kill_) {
      case Kill::never:
        break;
      case Kill::at_strike:
        world_.loop.run_until([&] { return struck() || world_.acts("open") == 0; },
                              std::chrono::minutes(10));
        world_.crash_and_restart();
        break;
      case Kill::at_moment:
        world_.run_for(moment_);
        world_.crash_and_restart();
        break;
    }
    return world_.drain();
  }
  bool struck() const { return strikes_ > 0; }
  const std::string& text() const { return said_; }

 private:
  enum class Kill { never, at_strike, at_moment };

  Mishap befall(const net::HttpRequest& request) {
    if (writes_only_ && request.method == net::Method::get) return Mishap::none;
    if (skip_-- > 0 || strikes_left_-- <= 0) return Mishap::none;
    ++strikes_;
    return mishap_;
  }

  SmallWorld& world_;
  platform::Random& random_;
  Mishap mishap_ = Mishap::none;
  Kill kill_ = Kill::never;
  bool writes_only_ = false;
  int skip_ = 0, strikes_left_ = 0, strikes_ = 0;
  base::Millis moment_{0};
  std::string said_;
};

}  // namespace

TEST_CASE("of a thousand writes with a lost answer each takes effect exactly once") {
  int cases = 0;
  int struck = 0;
  std::set<std::string_view> done;
  for (std::uint64_t seed = 1; struck < kStruckCases && seed <= kWorldsMax; ++seed) {
    SmallWorld world(seed);
    platform::Random random(seed);
    world.run_for(std::chrono::minutes(1));
    Ledger ledger(world);
    for (int turn = 0; turn < kCasesPerWorld && struck < kStruckCases; ++turn) {
      const Deed& deed = deeds()[static_cast<std::size_t>(cases) % deeds().size()];
      const std::string mark = "case " + std::to_string(cases++);
      Fate fate(world, random, deed.writes);
      CAPTURE(seed);
      CAPTURE(turn);
      CAPTURE(deed.name);
      CAPTURE(fate.text());
      // Two captures with the same words, made on purpose, are two.
      const bool twice = deed.effect.starts_with("create") && random.chance(0.25);
      for (int i = 0; i < (twice ? 2 : 1); ++i) deed.act(world, random, mark);
      const bool drained = fate.live_through();
      REQUIRE_MESSAGE(drained, world.open_acts());
      world.run_for(std::chrono::seconds(5));  // what is still on its way arrives
      const std::string once(deed.effect);
      CHECK(ledger.since_last() == (twice ? once + ", " + once : once));
      if (!fate.struck()) continue;
      ++struck;
      done.insert(deed.name);
    }
    CHECK(*world.call("receipts", {{"verify", Value(true)}})
               .find("check")
               ->as_document()
               ->find("intact") == Value(true));
  }
  CHECK(struck == kStruckCases);
  CHECK(done.size() == deeds().size());
}

TEST_CASE("a write still on its way when the agent is killed is not repeated before it arrives") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  Ledger ledger(world);
  // Only this one request is slow: a proxy holds it back.
  base::Millis slow = std::chrono::milliseconds(1'500);
  world.transport->delay = [&] { return std::exchange(slow, base::Millis{0}); };
  add(world, "note", {{"comment", "held back"}});
  world.run_for(std::chrono::milliseconds(200));
  world.crash_and_restart();
  REQUIRE_MESSAGE(world.drain(), world.open_acts());
  world.run_for(std::chrono::seconds(5));
  CHECK(ledger.since_last() == "create note");
}

TEST_CASE("a file is delivered when it arrived itself, whatever else has its name there") {
  SmallWorld world;
  world.run_for(std::chrono::minutes(1));
  Ledger ledger(world);
  platform::Random random(1);
  for (const std::string kind : {"rfi", "note"}) {
    CAPTURE(kind);
    const std::string item = some_item(world, random, kind);
    const auto attach = [&](const std::string& bytes) {
      world.call("attach", {{"item", item}, {"files", List{world.stage("same.jpg", bytes)}}});
    };
    attach(kind + " first");
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    REQUIRE_FALSE(ledger.since_last().empty());
    // The second one's request never arrives; a look finds the first one's name.
    attach(kind + " second");
    bool is_lost = false;
    world.transport->mishap = [&](const net::HttpRequest& request) {
      const bool is_write =
          request.method == net::Method::patch && request.url.find("/" + kind) != std::string::npos;
      if (!is_write || is_lost) return Mishap::none;
      is_lost = true;
      return Mishap::lost_on_way;
    };
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    world.transport->mishap = nullptr;
    CHECK(is_lost);
    CHECK(ledger.since_last() == "update " + kind);
    // Both at once: the look that proves the first is not taken for the second.
    attach(kind + " third");
    attach(kind + " fourth");
    REQUIRE_MESSAGE(world.drain(), world.open_acts());
    CHECK(ledger.since_last() == "update " + kind + ", update " + kind);
  }
}
