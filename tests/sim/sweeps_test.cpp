#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>

#include "tests/sim/sweep.h"

/// The life of one act of each kind, with one mishap at every place of it.
namespace fieldsync::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

bool is_delivered(Stage& stage) { return stuck_acts(stage.world(), stage.device()).empty(); }

bool is_promised(Stage& stage, Promise::Word word) {
  const Book& book = stage.world().book();
  return !book.empty() && book.front().word == word;
}

void one_act(Stage& stage, Act act) {
  stage.act(act);
  stage.wait(minutes(1));
  stage.expect(is_promised(stage, Promise::Word::kept), "a promise");
  stage.expect(is_delivered(stage), "a delivery");
}
void note(Stage& stage) { one_act(stage, Act::note); }
void edit(Stage& stage) { one_act(stage, Act::edit); }
void photo(Stage& stage) { one_act(stage, Act::photo); }
void reply(Stage& stage) { one_act(stage, Act::reply); }
void rfi_with_file(Stage& stage) { one_act(stage, Act::rfi_with_file); }
void attach(Stage& stage) { one_act(stage, Act::attach); }

void removal(Stage& stage) {
  note(stage);
  stage.act(Act::remove_own);
  stage.wait(minutes(1));
  stage.expect(is_promised(stage, Promise::Word::taken_back), "a removal");
  stage.expect(is_delivered(stage), "a delivery of the removal");
}

std::size_t conflicts(Stage& stage) {
  const auto answer = stage.world().call(stage.device(), "conflicts");
  return answer ? answer->find("conflicts")->as_list()->size() : 0;
}

/// Person and office write the same field; the person decides, by the seed for one of both.
void clash(Stage& stage, std::uint64_t seed, Promise::Word expected) {
  SimWorld& world = stage.world();
  stage.act(Act::edit);
  if (world.book().empty()) return;  // the disk refused it
  const Promise edit = world.book().back();
  const std::int64_t id = std::stoll(edit.item.substr(edit.item.find('-') + 1));
  const std::string field = edit.field == "question" ? "question_body" : edit.field;
  world.control(net::Method::post, "/office",
                {{"do", "edit_record"},
                 {"id", id},
                 {"fields", base::Document{{field, "what the office wrote"}}}});
  stage.wait(minutes(1));
  stage.expect(conflicts(stage) == 1, "a conflict");
  stage.act(Act::resolve, seed);
  stage.wait(minutes(1));
  stage.expect(conflicts(stage) == 0, "a decision");
  stage.expect(is_promised(stage, expected), "the decision that was meant");
}
void conflict_for_us(Stage& stage) { clash(stage, 7, Promise::Word::kept); }
void conflict_for_them(Stage& stage) { clash(stage, 1, Promise::Word::let_go); }

void login(Stage& stage) {
  stage.act(Act::expire_tokens);
  note(stage);
}

const Scenario kScenarios[] = {{"a note", "notes", note},
                               {"an edit", "rfis", edit},
                               {"a photo", "photos", photo},
                               {"a reply", "rfis", reply},
                               {"an RFI with a file", "rfis", rfi_with_file},
                               {"a file for an RFI", "rfis", attach},
                               {"a removal", "notes", removal},
                               {"a conflict decided for us", "rfis", conflict_for_us},
                               {"a conflict decided for them", "rfis", conflict_for_them},
                               {"a login renewed", "notes", login, {Trouble::logins}}};

/// FIELDSYNC_SWEEP=full tries every place, with four draws of what a power cut leaves; the ordinary
/// run every fifth place, with one draw.
bool is_full() {
  const char* set = std::getenv("FIELDSYNC_SWEEP");
  return set && std::string(set) == "full";
}

void check_all(const Mishap& mishap) {
  for (const Scenario& scenario : kScenarios) {
    const Swept swept = sweep(scenario, mishap, is_full() ? 1 : 5);
    for (const std::string& wrong : swept.wrong) FAIL_CHECK(wrong);
    CHECK(swept.places > 3);
  }
}

DiskFault goes_off(Device& device, Loss loss) {
  device.when_off = loss;
  device.disk.power_off();
  return DiskFault::io_error;
}

TEST_CASE("A power cut before any change of the disk loses nothing and doubles nothing") {
  check_all({"power cut", Mishap::Place::disk_change,
             [](Device& device) { return goes_off(device, Loss::power); }, nullptr,
             is_full() ? 4 : 1});
}

TEST_CASE("A kill before any change of the disk loses nothing and doubles nothing") {
  check_all({"kill", Mishap::Place::disk_change,
             [](Device& device) { return goes_off(device, Loss::process); }});
}

TEST_CASE("Any call of the disk may fail once") {
  check_all(
      {"failing call", Mishap::Place::disk_call, [](Device&) { return DiskFault::io_error; }});
}

TEST_CASE("The disk may be full at any change, once or until somebody makes room") {
  check_all({"full disk", Mishap::Place::disk_change, [](Device&) { return DiskFault::full; }});
  check_all({"disk that stays full", Mishap::Place::disk_change, [](Device& device) {
               device.disk.capacity = 1;
               return DiskFault::full;
             }});
}

TEST_CASE("Anything may befall any exchange") {
  constexpr std::pair<const char*, double LinkFaults::*> kFates[] = {
      {"refused", &LinkFaults::refused},
      {"lost request", &LinkFaults::lost_request},
      {"lost answer", &LinkFaults::lost_answer},
      {"late effect", &LinkFaults::late_effect},
      {"cut answer", &LinkFaults::cut_answer},
      {"repeated", &LinkFaults::repeated},
      {"server error", &LinkFaults::server_error},
      {"error after the effect", &LinkFaults::error_after},
      {"too many", &LinkFaults::too_many},
      {"unauthorized", &LinkFaults::unauthorized},
      {"login page", &LinkFaults::login_page},
      {"stalled", &LinkFaults::stalled}};
  for (const auto& [fate, chance] : kFates) {
    check_all({fate, Mishap::Place::exchange, nullptr, chance});
  }
}

}  // namespace
}  // namespace fieldsync::sim
