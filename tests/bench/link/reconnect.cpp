#include "tests/bench/link/reconnect.h"

#include "agent/try/scenario.h"
#include "tests/bench/figures.h"

namespace fieldsync::bench::link {
namespace {

using base::Millis;

constexpr std::int64_t kEdits = 50;
/// Gone for long enough that the agent's tries are as rare as they get.
constexpr Millis kGone{45'000};

struct First {
  Seconds packet = 0, request = 0, write = 0;  ///< since the link was up; 0: none
  std::string said;
};
First first_after(const Timeline& timeline, Seconds up) {
  First first;
  for (const Crossing& one : timeline.crossings) {
    if (one.at < up || one.what != "up") continue;
    const std::string line = one.text.substr(one.text.find(' ') + 1);
    const bool request = line.starts_with("GET ") || line.starts_with("HEAD ");
    const bool write = line.starts_with("POST ") || line.starts_with("PATCH ");
    if (first.packet == 0) first.packet = one.at - up;
    if ((request || write) && first.request == 0) {
      first.request = one.at - up;
      first.said = line;
    }
    if (write && first.write == 0) first.write = one.at - up;
  }
  return first;
}

/// The link goes, `act` happens without it, the link comes; since when.
Seconds come_back(LinkRig& rig, const std::function<void()>& act) {
  rig.tell("down");
  act();
  rig.waiting().pause(kGone);
  rig.tell("up");
  return monotonic_now();
}

void measure_first_byte(LinkRig& rig, Seconds round_trip) {
  const std::int64_t before = rig.effects("create", "note");
  const Seconds up = come_back(rig, [&] { need(rig.place().must({"add", "note", "Link gone."})); });
  need(rig.waiting().until("the note", Millis{90'000}, [&]() -> base::Result<bool> {
    return rig.effects("create", "note") > before;
  }));
  const Seconds arrived = monotonic_now() - up;
  const First first = first_after(rig.timeline(), up - 0.01);
  char detail[200];
  std::snprintf(detail, sizeof detail,
                "first packet %.2f s, first request %.2f s (%s), first write %.2f s", first.packet,
                first.request, first.said.substr(0, 60).c_str(), first.write);
  figures().add({"link up to first request", first.request, "s", Aim::ratio_at_most,
                 3 * round_trip + 0.5, detail});
  figures().add({"link up to the note's record", arrived, "s", Aim::none, 0, ""});
}

void measure_edits(LinkRig& rig) {
  std::vector<std::string> items;
  for (const base::Document& row : need(trial::view_of(rig.place(), "rfi"))) {
    if (row.text("status") == "open" && items.size() < kEdits) items.push_back(row.text("id"));
  }
  if (items.empty()) throw Trouble("the project has no open RFI to edit");
  // What the project has too few of is made up with notes.
  const std::int64_t notes = kEdits - static_cast<std::int64_t>(items.size());
  const auto arrived = [&] { return rig.effects("update", "rfi") + rig.effects("create", "note"); };
  const std::int64_t before = arrived();
  const Seconds up = come_back(rig, [&] {
    for (const std::string& item : items) need(rig.place().must({"edit", item, "reference=B7"}));
    for (std::int64_t i = 0; i < notes; ++i) {
      need(rig.place().must({"add", "note", "Made up " + std::to_string(i) + "."}));
    }
  });
  need(rig.waiting().until("the edits", Millis{120'000},
                           [&]() -> base::Result<bool> { return arrived() >= before + kEdits; }));
  const Seconds drained = monotonic_now() - up;
  const First first = first_after(rig.timeline(), up - 0.01);
  char detail[100];
  std::snprintf(detail, sizeof detail,
                "%zu edits, the rest notes; first request %.2f s, first write %.2f s", items.size(),
                first.request, first.write);
  figures().add({"50 edits drained", drained, "s", Aim::ratio_at_most, 10, detail});
}

}  // namespace

void measure_reconnect(const RigOptions& options) {
  Profile profile;
  profile.name = "reconnect";
  profile.up_kbit = profile.down_kbit = 10'000;
  profile.round_trip = 0.1;
  LinkRig rig(profile, options);
  rig.begin();
  measure_first_byte(rig, profile.round_trip);
  measure_edits(rig);
}

}  // namespace fieldsync::bench::link
