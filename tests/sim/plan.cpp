#include "tests/sim/plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "agent/sync/link/tuning.h"
#include "agent/sync/remote/tuning.h"
#include "net/tuning.h"
#include "tests/sim/tuning.h"

namespace fieldsync::sim {

using base::Millis;
using platform::Random;

namespace {

constexpr Millis kMinute{60'000};

constexpr std::pair<Act, std::string_view> kActNames[] = {
    {Act::note, "note"},
    {Act::twin_notes, "twin_notes"},
    {Act::rfi, "rfi"},
    {Act::rfi_with_file, "rfi_with_file"},
    {Act::photo, "photo"},
    {Act::edit, "edit"},
    {Act::edit_own, "edit_own"},
    {Act::edit_again, "edit_again"},
    {Act::reply, "reply"},
    {Act::attach, "attach"},
    {Act::remove_own, "remove_own"},
    {Act::resolve, "resolve"},
    {Act::retry, "retry"},
    {Act::sync, "sync"},
    {Act::office_edit, "office_edit"},
    {Act::office_clash, "office_clash"},
    {Act::office_reply, "office_reply"},
    {Act::office_note, "office_note"},
    {Act::office_rfi, "office_rfi"},
    {Act::office_photo, "office_photo"},
    {Act::office_revision, "office_revision"},
    {Act::office_close, "office_close"},
    {Act::office_delete, "office_delete"},
    {Act::office_restore, "office_restore"},
    {Act::office_private, "office_private"},
    {Act::level_down, "level_down"},
    {Act::level_up, "level_up"},
    {Act::tool_off, "tool_off"},
    {Act::tool_on, "tool_on"},
    {Act::member_out, "member_out"},
    {Act::member_in, "member_in"},
    {Act::expire_tokens, "expire_tokens"},
    {Act::lose_upload, "lose_upload"},
    {Act::kill, "kill"},
    {Act::power_cut, "power_cut"},
    {Act::suspend, "suspend"},
    {Act::clock_step, "clock_step"},
    {Act::disk_full, "disk_full"},
    {Act::disk_free, "disk_free"},
    {Act::drop_mirror, "drop_mirror"},
};

constexpr std::string_view kTroubleNames[] = {
    "refused",      "lost_request", "lost_answer", "late_effect",  "cut_answer", "repeated",
    "server_error", "error_after",  "too_many",    "unauthorized", "login_page", "stalled",
    "slow",         "body_limit",   "flapping",    "crashes",      "sleeps",     "clock_steps",
    "disk_full",    "disk_errors",  "mirror_loss", "office",       "clashes",    "deletions",
    "rights",       "logins",       "budget",      "slow_disk",    "time_zones", "same_names"};
static_assert(std::size(kTroubleNames) == static_cast<std::size_t>(Trouble::count));

/// How likely a world has a trouble.
double likelihood(Profile profile, Trouble trouble) {
  const bool of_link = trouble <= Trouble::flapping;
  const bool of_machine = (trouble >= Trouble::crashes && trouble <= Trouble::mirror_loss) ||
                          trouble == Trouble::slow_disk;
  const bool of_office = trouble >= Trouble::office && trouble <= Trouble::budget;
  switch (profile) {
    case Profile::swarm:
      return 0.3;
    case Profile::focus:
    case Profile::brief:
      return trouble == Trouble::budget ? 0.1 : 0.25;
    case Profile::calm:
      return 0;
    case Profile::link:
      return of_link ? 0.4 : 0;
    case Profile::crash:
      return of_machine ? 0.6 : of_link ? 0.1 : 0;
    case Profile::office:
      return of_office ? 0.6 : of_link ? 0.1 : 0;
  }
  return 0;
}

bool is_narrow(Profile profile) { return profile == Profile::focus || profile == Profile::brief; }

/// The tools of the drawn worlds, and how likely a narrow world follows each.
constexpr std::pair<const char*, double> kTools[] = {
    {"drawings", 0.15}, {"photos", 0.3}, {"rfis", 0.5}, {"notes", 0.3}};

std::vector<std::string> draw_tools(Profile profile, std::uint64_t seed) {
  Random random(seed * 41 + 7);
  std::vector<std::string> tools;
  for (const auto& [tool, chance] : kTools) {
    if (!is_narrow(profile) || random.chance(chance)) tools.push_back(tool);
  }
  const bool can_capture = !tools.empty() && tools != std::vector<std::string>{"drawings"};
  if (!can_capture) tools.push_back(random.chance(0.5) ? "rfis" : "notes");
  return tools;
}

/// The tool an act is about; empty when it is about none.
std::string_view tool_of(Act act) {
  switch (act) {
    case Act::note:
    case Act::twin_notes:
    case Act::office_note:
      return "notes";
    case Act::photo:
    case Act::office_photo:
      return "photos";
    case Act::office_revision:
      return "drawings";
    case Act::rfi:
    case Act::rfi_with_file:
    case Act::edit:
    case Act::edit_own:
    case Act::edit_again:
    case Act::reply:
    case Act::attach:
    case Act::resolve:
    case Act::office_edit:
    case Act::office_clash:
    case Act::office_reply:
    case Act::office_rfi:
    case Act::office_close:
    case Act::office_delete:
    case Act::office_restore:
    case Act::office_private:
      return "rfis";
    case Act::remove_own:
    case Act::retry:
    case Act::sync:
    case Act::level_down:
    case Act::level_up:
    case Act::tool_off:
    case Act::tool_on:
    case Act::member_out:
    case Act::member_in:
    case Act::expire_tokens:
    case Act::lose_upload:
    case Act::kill:
    case Act::power_cut:
    case Act::suspend:
    case Act::clock_step:
    case Act::disk_full:
    case Act::disk_free:
    case Act::drop_mirror:
      return "";
  }
  return "";
}

Act site_act(const Plan& plan, Random& random) {
  constexpr Act kActs[] = {Act::note,    Act::note,  Act::twin_notes,    Act::rfi,
                           Act::rfi,     Act::photo, Act::rfi_with_file, Act::photo,
                           Act::edit,    Act::edit,  Act::edit,          Act::edit_own,
                           Act::reply,   Act::reply, Act::attach,        Act::remove_own,
                           Act::resolve, Act::retry, Act::sync};
  Act act = kActs[random.below(std::size(kActs))];
  // Drawn anew until it is about a tool that is followed; every plan follows one with captures.
  while (!tool_of(act).empty() && !plan.follows(tool_of(act))) {
    act = kActs[random.below(std::size(kActs))];
  }
  return act;
}

/// Most worlds are short, so that many can be run; a few see tokens expire and rights re-read.
std::int64_t span_minutes(Profile profile, Random& random) {
  const auto kind = random.below(profile == Profile::brief ? 80 : 20);
  if (kind == 0) return random.between(40, 150);
  return kind < 6 ? random.between(10, 40) : random.between(1, 10);
}

class Planner {
 public:
  Planner(Plan& plan, Random& random) : plan_(plan), random_(random) {}

  void add(Act act, int device) {
    // Nothing is done in a tool that nobody follows; the draws stay the same.
    if (!tool_of(act).empty() && !plan_.follows(tool_of(act))) return skip();
    plan_.steps.push_back(
        {Millis{random_.between(0, plan_.span.count())}, act, device, random_.next(), 0});
  }
  void some(Trouble trouble, std::initializer_list<Act> acts, int most) {
    if (!plan_.has(trouble)) return;
    for (auto n = random_.between(1, most); n > 0; --n) {
      add(*(acts.begin() + random_.below(acts.size())), device());
    }
  }
  int device() {
    return static_cast<int>(random_.below(static_cast<std::uint64_t>(plan_.devices)));
  }

 private:
  void skip() {
    (void)random_.between(0, plan_.span.count());
    (void)random_.next();
  }
  Plan& plan_;
  Random& random_;
};

/// Soon after an act, while its request may be under way: a person thinks again, the service
/// forgets what was uploaded. Drawn apart, so that worlds without haste are what they were.
void add_hasty_steps(Plan& plan) {
  Random random(plan.seed * 43 + 11);
  if (!random.chance(tuning::kHasteChance)) return;
  const std::vector<Step> before = plan.steps;
  for (const Step& step : before) {
    const bool is_edit = step.act == Act::edit || step.act == Act::edit_own;
    const bool has_file =
        step.act == Act::photo || step.act == Act::rfi_with_file || step.act == Act::attach;
    if (!is_edit && !has_file) continue;
    // From a few milliseconds to half a minute, all magnitudes alike.
    const Millis after{static_cast<std::int64_t>(std::exp(random.fraction() * 8) * 10)};
    const Act act = is_edit ? Act::edit_again : Act::lose_upload;
    plan.steps.push_back({step.at + after, act, step.device, random.next(), 0});
  }
}

void add_steps(Plan& plan, Random& random) {
  Planner planner(plan, random);
  const std::int64_t acts_max = plan.profile == Profile::brief ? 6 : 10;
  for (auto n = random.between(2, acts_max); n > 0; --n) {
    planner.add(site_act(plan, random), planner.device());
  }
  planner.some(Trouble::office,
               {Act::office_edit, Act::office_reply, Act::office_note, Act::office_rfi,
                Act::office_photo, Act::office_revision, Act::office_close, Act::office_private},
               6);
  planner.some(Trouble::clashes, {Act::office_clash}, 4);
  planner.some(Trouble::deletions, {Act::office_delete, Act::office_delete, Act::office_restore},
               3);
  planner.some(Trouble::rights,
               {Act::level_down, Act::level_up, Act::tool_off, Act::tool_on, Act::member_out,
                Act::member_in},
               4);
  planner.some(Trouble::logins, {Act::expire_tokens, Act::lose_upload}, 3);
  planner.some(Trouble::crashes, {Act::kill, Act::power_cut}, 3);
  planner.some(Trouble::sleeps, {Act::suspend}, 2);
  planner.some(Trouble::clock_steps, {Act::clock_step}, 2);
  planner.some(Trouble::disk_full, {Act::disk_full, Act::disk_free}, 3);
  planner.some(Trouble::mirror_loss, {Act::drop_mirror}, 1);
  add_hasty_steps(plan);
  std::stable_sort(plan.steps.begin(), plan.steps.end(),
                   [](const Step& a, const Step& b) { return a.at < b.at; });
  int number = 0;
  for (Step& step : plan.steps) step.number = ++number;
}

}  // namespace

std::string_view name(Act act) {
  for (const auto& [known, text] : kActNames) {
    if (known == act) return text;
  }
  return "?";
}

std::string_view name(Trouble trouble) { return kTroubleNames[static_cast<std::size_t>(trouble)]; }

bool Plan::has(Trouble trouble) const {
  return std::find(troubles.begin(), troubles.end(), trouble) != troubles.end();
}

bool Plan::follows(std::string_view tool) const {
  return std::find(tools.begin(), tools.end(), tool) != tools.end();
}

std::string Plan::summary() const {
  std::string text = "seed " + std::to_string(seed) + ": " + std::to_string(devices) +
                     (devices == 1 ? " device, " : " devices, ") + std::to_string(steps.size()) +
                     " steps,";
  for (const std::string& tool : tools) text += " " + tool;
  text += tools.empty() || troubles.empty() ? "" : ";";
  for (const Trouble trouble : troubles) text += " " + std::string(name(trouble));
  return text;
}

Plan make_plan(std::uint64_t seed, Profile profile) {
  Random random(seed * 0x9e3779b97f4a7c15 + 1);
  Plan plan;
  plan.seed = seed;
  plan.profile = profile;
  plan.tools = draw_tools(profile, seed);
  const double several = is_narrow(profile) ? 0.15 : 0.3;
  plan.devices = random.chance(several) ? (random.chance(0.3) ? 3 : 2) : 1;
  const auto draw = [&](Random& from, Trouble first, Trouble end) {
    for (int i = static_cast<int>(first); i < static_cast<int>(end); ++i) {
      const auto trouble = static_cast<Trouble>(i);
      if (from.chance(likelihood(profile, trouble))) plan.troubles.push_back(trouble);
    }
  };
  draw(random, Trouble::refused, Trouble::slow_disk);
  // Troubles that were thought of later are drawn apart, so that the others stay what they were.
  Random later(seed * 47 + 13);
  draw(later, Trouble::slow_disk, Trouble::count);
  plan.span = kMinute * span_minutes(profile, random);
  add_steps(plan, random);
  return plan;
}

LinkFaults link_faults(const Plan& plan, int device) {
  Random random(plan.seed * 31 + static_cast<std::uint64_t>(device));
  LinkFaults faults;
  // Drawn also when absent, so that dropping one trouble leaves the others as they were.
  const auto chance_of = [&](Trouble trouble, double most) {
    const double drawn = random.fraction() * most;
    return plan.has(trouble) ? drawn : 0;
  };
  faults.refused = chance_of(Trouble::refused, 0.3);
  faults.lost_request = chance_of(Trouble::lost_request, 0.2);
  faults.lost_answer = chance_of(Trouble::lost_answer, 0.3);
  faults.late_effect = chance_of(Trouble::late_effect, 0.2);
  faults.cut_answer = chance_of(Trouble::cut_answer, 0.2);
  faults.repeated = chance_of(Trouble::repeated, 0.2);
  faults.server_error = chance_of(Trouble::server_error, 0.2);
  faults.error_after = chance_of(Trouble::error_after, 0.2);
  faults.too_many = chance_of(Trouble::too_many, 0.2);
  faults.unauthorized = chance_of(Trouble::unauthorized, 0.1);
  faults.login_page = chance_of(Trouble::login_page, 0.2);
  faults.stalled = chance_of(Trouble::stalled, 0.1);
  const auto slow = random.between(4'000, 50'000);
  const auto far = random.between(200, 1'500);
  if (plan.has(Trouble::slow)) {
    faults.bytes_per_second = slow;
    faults.round_trip = Millis{far};
  }
  const auto body_max = random.between(600, 20'000);
  if (plan.has(Trouble::body_limit)) faults.body_max = body_max;
  const Millis up{random.between(2'000, 120'000)}, down{random.between(1'000, 600'000)};
  if (plan.has(Trouble::flapping)) {
    faults.up = up;
    faults.down = down;
  }
  return faults;
}

Zone zone_of(const Plan& plan, int device) {
  Random random(plan.seed * 53 + static_cast<std::uint64_t>(device));
  // Half of them so that the day changes while things happen.
  const auto anywhere = 15 * random.between(-48, 56);
  const auto near_midnight = random.between(tuning::kMidnightFrom, tuning::kMidnightTo);
  const bool near = random.chance(0.5);
  const bool forward = random.chance(0.5);
  const Millis when{random.between(0, 2 * plan.span.count())};
  const auto offset = static_cast<int>(near ? near_midnight : anywhere);
  return {offset, offset + (forward ? 60 : -60), when};
}

Millis slowest_sync(const Plan& plan) {
  Random random(plan.seed * 59 + 17);
  const Millis drawn{static_cast<std::int64_t>(std::exp(random.fraction() * 5) * 10)};
  return plan.has(Trouble::slow_disk) ? drawn : Millis{0};
}

Millis drain_bound(const Plan& plan) {
  const auto is_played = [&](Act first, Act last) {
    return std::any_of(plan.steps.begin(), plan.steps.end(),
                       [&](const Step& step) { return step.act >= first && step.act <= last; });
  };
  // An act, another one that waits for it, and the proof.
  Millis bound = sync::tuning::kRetryMax * 3 + net::tuning::kSpikeWindow;
  // A part that began on the slow link keeps its pace: 6 MB at 4 KB/s, and one more try.
  if (plan.has(Trouble::slow)) bound += std::chrono::minutes(50);
  // A right that is back shows when rights are read the next time.
  if (is_played(Act::level_down, Act::member_in)) bound += sync::tuning::kPermissionsInterval;
  // A pause asked for, and turns drawn as late as one and a half of the longest pause.
  if (plan.has(Trouble::budget) || plan.has(Trouble::too_many)) {
    bound += net::tuning::kClosedMax + net::tuning::kPaceMax * 3 / 2;
  }
  return bound;
}

base::Document service_settings(const Plan& plan) {
  Random random(plan.seed * 37 + 5);
  const auto flag = [&] { return base::Value(random.chance(0.5)); };
  const auto either = [&](const char* a, const char* b) {
    return base::Value(random.chance(0.5) ? a : b);
  };
  base::Document settings{{"reply_bumps_rfi", flag()},
                          {"superseded_bumps", flag()},
                          {"range_end", either("inclusive", "exclusive")},
                          {"default_order", either("id", "updated_desc")},
                          {"upload_reuse", either("duplicate", "refuse")},
                          {"upload_get_fresh_urls", flag()},
                          {"idempotency_everywhere", flag()},
                          {"drawing_processing_seconds", random.between(0, 120)},
                          {"upload_url_seconds", random.chance(0.3) ? 30 : 3'600},
                          {"download_url_seconds", random.chance(0.3) ? 30 : 900},
                          {"per_page_max", random.chance(0.3) ? 3 : 2'000},
                          {"retry_after_on_429", either("always", "never")},
                          {"project_gone_status", random.chance(0.5) ? 403 : 404}};
  const bool tight = plan.has(Trouble::budget);
  settings.set("rate_hourly", tight ? random.between(150, 600) : 0);
  settings.set("rate_spike", tight ? random.between(5, 25) : 0);
  return settings;
}

}  // namespace fieldsync::sim
