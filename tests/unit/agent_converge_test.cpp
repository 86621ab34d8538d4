#include <doctest/doctest.h>

#include <map>
#include <set>

#include "net/sandbox/seed_people.h"
#include "tests/support/site_machine.h"

/// Two agents and an office write to the same 500 RFIs over links that come and go and requests
/// that overtake each other.
using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;
using tests::Mishap;
using tests::SharedWorld;
using tests::SiteMachine;

namespace {

constexpr int kRfis = 500;
constexpr int kTurns = 400;
/// Nobody but its owner writes to a field of his own; all write to the subject.
constexpr const char* kContested = "subject";
constexpr const char* kOwnFields[] = {"reference", "drawing_number"};

class Site {
 public:
  Site(SharedWorld& world, const SiteMachine::Options& options, const char* own_field)
      : machine(world, options), random(world.random.fork()), own_field_(own_field) {
    machine.transport->mishap = [this](const net::HttpRequest&) {
      if (!link_is_up_) return Mishap::lost_before;
      if (!faults_) return Mishap::none;
      return random.chance(0.02) ? Mishap::lost_after : Mishap::none;
    };
    machine.transport->delay = [this] {
      return base::Millis{static_cast<std::int64_t>(random.below(800))};
    };
  }

  void turn(const std::vector<std::string>& rfis, int number) {
    if (random.chance(0.05)) link_is_up_ = !link_is_up_;
    const std::string& rfi = rfis[random.below(rfis.size())];
    const std::string value = std::string(own_field_) + " " + std::to_string(number);
    const auto choice = random.below(10);
    if (choice < 5) {
      machine.call("edit", {{"item", rfi}, {"fields", Document{{own_field_, value}}}});
      own_edits[rfi] = value;
    } else if (choice < 8) {
      machine.call("edit", {{"item", rfi}, {"fields", Document{{kContested, value}}}});
    } else if (choice == 8) {
      machine.call("reply", {{"item", rfi}, {"body", value}});
      replies.insert(value);
    } else if (random.chance(0.1)) {
      machine.crash_and_restart();
    }
  }
  void heal() {
    link_is_up_ = true;
    faults_ = false;
  }

  SiteMachine machine;
  platform::Random random;
  std::map<std::string, std::string> own_edits;  ///< the last of each RFI
  std::set<std::string> replies;
  const char* own_field() const { return own_field_; }

 private:
  const char* own_field_;
  bool link_is_up_ = true;
  bool faults_ = true;
};

std::vector<std::string> make_rfis(SharedWorld& world) {
  for (int i = static_cast<int>(world.records("rfi").size()); i < kRfis; ++i) {
    world.control(net::Method::post, "/office",
                  {{"do", "new_rfi"}, {"subject", "RFI " + std::to_string(i)}});
  }
  std::vector<std::string> rfis;
  for (const Value& row : world.records("rfi")) {
    const Document& rfi = *row.as_document();
    if (rfi.text("status") == "open") rfis.push_back("rfi-" + std::to_string(rfi.integer("id")));
  }
  return rfis;
}

std::int64_t number_of(const std::string& rfi) { return std::stoll(rfi.substr(4)); }

void office_turn(SharedWorld& world, platform::Random& random, const std::vector<std::string>& rfis,
                 int number) {
  world.control(net::Method::post, "/office",
                {{"do", "edit_record"},
                 {"id", number_of(rfis[random.below(rfis.size())])},
                 {"fields", Document{{random.chance(0.5) ? kContested : "location_note",
                                      "office " + std::to_string(number)}}}});
}

/// Rests until nothing is under way but what a person must decide; decides; until all is through.
void settle(SharedWorld& world, Site& site, int& conflicts) {
  for (int round = 0; round < 20; ++round) {
    site.machine.call("sync");
    world.run_for(std::chrono::minutes(10));
    const Document found = site.machine.call("conflicts");
    for (const Value& row : *found.find("conflicts")->as_list()) {
      ++conflicts;
      site.machine.call("resolve", {{"conflict", row.as_document()->integer("id")},
                                    {"take", site.random.chance(0.5) ? "ours" : "theirs"}});
    }
    if (site.machine.acts("open") == 0) return;
  }
}

/// Every act that was ever taken in ended with a receipt, or with a person's word on a conflict.
void check_no_act_is_lost(Site& site) {
  std::set<std::string> with_receipt;
  std::int64_t after = 0;
  for (;;) {
    const Document page = site.machine.call("receipts", {{"after", after}});
    const List& rows = *page.find("receipts")->as_list();
    if (rows.empty()) break;
    for (const Value& row : rows) {
      with_receipt.insert(base::plain_text(*row.as_document()->find("intent")));
      after = row.as_document()->integer("number");
    }
  }
  const Document queue = site.machine.queue();
  int cancelled = 0;
  for (const Value& row : *queue.find("intents")->as_list()) {
    const Document& act = *row.as_document();
    CAPTURE(act.text("action") + " " + act.text("item") + " " + act.text("evidence"));
    if (act.text("state") == "cancelled") {
      ++cancelled;
      continue;
    }
    CHECK(act.text("state") == "delivered");
    CHECK(with_receipt.count(base::plain_text(*act.find("id"))) == 1);
  }
  CHECK(with_receipt.size() > 50);
}

using Views = std::map<std::string, Document>;

Views views_of(SiteMachine& machine) {
  Views views;
  const Document listed = machine.call("list", {{"kind", "rfi"}});
  for (const Value& row : *listed.find("records")->as_list()) {
    views[row.as_document()->text("id")] = *row.as_document();
  }
  return views;
}

void converge(std::uint64_t seed) {
  CAPTURE(seed);
  SharedWorld world(seed);
  const auto rfis = make_rfis(world);
  REQUIRE(rfis.size() > 450);
  Site north(world, {.name = "north"}, kOwnFields[0]);
  Site south(world, {.name = "south", .user = net::sandbox::kManager}, kOwnFields[1]);
  Site* sites[] = {&north, &south};
  platform::Random random = world.random.fork();
  world.run_for(std::chrono::minutes(20));
  for (int number = 0; number < kTurns; ++number) {
    for (Site* site : sites) site->turn(rfis, number);
    office_turn(world, random, rfis, number);
    world.run_for(base::Millis{random.between(0, 20'000)});
  }
  int conflicts = 0;
  for (Site* site : sites) site->heal();
  for (Site* site : sites) settle(world, *site, conflicts);
  for (Site* site : sites) site->machine.call("sync");
  world.run_for(std::chrono::minutes(20));

  const Views one = views_of(north.machine);
  const Views other = views_of(south.machine);
  std::map<std::string, Document> there;
  for (const Value& row : world.records("rfi")) {
    const Document& rfi = *row.as_document();
    there["rfi-" + std::to_string(rfi.integer("id"))] = *rfi.find("fields")->as_document();
  }
  for (const std::string& rfi : rfis) {
    CAPTURE(rfi);
    for (const char* field : {kContested, kOwnFields[0], kOwnFields[1]}) {
      CHECK(one.at(rfi).text(field) == there.at(rfi).text(field));
      CHECK(other.at(rfi).text(field) == there.at(rfi).text(field));
    }
  }
  for (Site* site : sites) {
    CAPTURE(site->own_field());
    REQUIRE_MESSAGE(site->machine.acts("open") == 0, site->machine.open_acts());
    check_no_act_is_lost(*site);
    for (const auto& [rfi, value] : site->own_edits) {
      CAPTURE(rfi);
      CHECK(there.at(rfi).text(site->own_field()) == value);
    }
    for (const std::string& reply : site->replies) {
      CHECK(world.at_service("rfi_reply", "body", "<p>" + reply + "</p>") == 1);
    }
  }
  CHECK(conflicts > 0);
}

}  // namespace

TEST_CASE("two agents and an office on the same 500 RFIs end with the same view and lose no edit") {
  converge(7);
  converge(23);  // an edit is written over before it is read back
}
