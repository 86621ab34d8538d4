#include "agent/try/scenario.h"
#include "agent/try/tuning.h"
#include "platform/base/time_text.h"

// The storm: what its plan says, done to the real processes, and told as it happens.

namespace fieldsync::trial {
namespace {

/// "the next request", "each of the next 4 requests".
std::string next(std::int64_t count, const std::string& what) {
  if (count == 1) return "the next " + what;
  return "each of the next " + std::to_string(count) + " " + what + "s";
}

}  // namespace

Result<> Scenario::play(const std::vector<StormEvent>& storm) {
  TRY(make_photos());
  TRY(publish_drawings());
  TRY(mirror());
  TRY(choose_rfis());
  power_ = Power::on;
  teller_.say("the storm begins");
  const Millis began = place_.waiting().elapsed();
  for (const StormEvent& event : storm) {
    TRY(wait_for(event, began));
    TRY(happen(event));
  }
  TRY(heal());
  TRY(deliver());
  return look_for_office_edits();
}

Result<> Scenario::wait_for(const StormEvent& event, Millis began) {
  const Waiting& waiting = place_.waiting();
  return waiting.until("the storm", event.at + tuning::kEventMax, [&]() -> Result<bool> {
    if (power_ == Power::on && !place_.agent_runs()) {
      return Failure{
          base::Cause::unexpected_answer,
          "the agent ended by itself: " + tail_of(place_.files(), place_.agent_output())};
    }
    return waiting.elapsed() - began >= event.at;
  });
}

Result<> Scenario::happen(const StormEvent& event) {
  switch (event.what) {
    case Weather::note:
      return capture_note("Rain since noon, crane 2 stands still.");
    case Weather::photo: {
      const auto number = photos_taken_++;
      return capture_photo(photos_[static_cast<std::size_t>(number) % photos_.size()],
                           static_cast<int>(photos_taken_));
    }
    case Weather::rfi:
      teller_.say("an RFI with a panorama of " + base::bytes_to_human(panorama_.size));
      return capture_rfi();
    case Weather::reply:
      return capture_reply();
    case Weather::edit:
      return capture_edit();
    case Weather::office:
      return work_in_the_office();
    case Weather::link_down:
    case Weather::link_up:
    case Weather::lost_answers:
    case Weather::overloaded:
    case Weather::too_many:
    case Weather::login_page:
    case Weather::cut_upload:
    case Weather::token_expired:
    case Weather::power_off:
    case Weather::power_on:
      return trouble(event);
  }
  FS_CHECK(false);
}

Result<> Scenario::trouble(const StormEvent& event) {
  if (event.what != Weather::link_up && event.what != Weather::power_on) {
    storm_.set(name(event.what), storm_.integer(name(event.what)) + 1);
  }
  SandboxControl& sandbox = place_.sandbox();
  switch (event.what) {
    case Weather::link_down:
      teller_.say("the link is cut");
      return sandbox.set_link(SandboxControl::Link::down);
    case Weather::link_up:
      teller_.say("the link is back");
      return sandbox.set_link(SandboxControl::Link::up);
    case Weather::lost_answers:
      teller_.say(next(event.amount, "write") + " will take effect, the answer lost on the way");
      return add_fault({{"origin", "api"},
                        {"match", "^(POST|PATCH) /rest/"},
                        {"regex", Value(true)},
                        {"action", "drop_after"},
                        {"count", event.amount}});
    case Weather::overloaded:
      teller_.say(next(event.amount, "request") + " will be answered 503, overloaded");
      return add_fault(
          {{"origin", "api"}, {"action", "status"}, {"status", 503}, {"count", event.amount}});
    case Weather::too_many:
      teller_.say(next(event.amount, "request") + " will be answered 429, come back in a second");
      return add_fault({{"origin", "api"},
                        {"action", "status"},
                        {"status", 429},
                        {"headers", Document{{"Retry-After", "1"}}},
                        {"count", event.amount}});
    case Weather::login_page:
      teller_.say(next(event.amount, "request") + " will meet a Wi-Fi's login page");
      return add_fault({{"action", "login_page"}, {"count", event.amount}});
    case Weather::cut_upload:
      teller_.say("the next upload will be cut after " + base::bytes_to_human(event.amount));
      return add_fault({{"origin", "storage"},
                        {"match", "PUT"},
                        {"action", "cut_upload"},
                        {"bytes", event.amount}});
    case Weather::token_expired:
      teller_.say("the service forgets every login it gave");
      TRY(sandbox.post("/expire_tokens", {}));
      return {};
    case Weather::power_off:
      place_.kill_agent();
      power_ = Power::off;
      teller_.say("power cut: agent killed (SIGKILL); people go on capturing");
      return {};
    case Weather::power_on:
      TRY(place_.start_agent());
      power_ = Power::on;
      teller_.say("power is back: agent started again (process " +
                  std::to_string(place_.agent_pid()) + ")");
      return {};
    case Weather::note:
    case Weather::photo:
    case Weather::rfi:
    case Weather::reply:
    case Weather::edit:
    case Weather::office:
      break;
  }
  FS_CHECK(false);
}

Result<> Scenario::add_fault(const Document& rule) {
  TRY(place_.sandbox().post("/faults", rule));
  return {};
}

Result<> Scenario::heal() {
  TRY(place_.sandbox().clear_faults());
  TRY(place_.sandbox().set_link(SandboxControl::Link::up));
  if (power_ == Power::off) TRY(place_.start_agent());
  power_ = Power::on;
  TRY_ASSIGN(const Document status, place_.status());
  const Document& queue = part(status, "queue");
  teller_.say("the storm is over: " + std::to_string(captures_.size()) + " captures made, " +
              std::to_string(queue.integer("open")) + " of them still to deliver");
  TRY(place_.must({"sync"}));
  return {};
}

}  // namespace fieldsync::trial
